// The machine `clickstream-console-update`: the web console's stack gets the template of a newer
// version by a change set that a person has seen.

import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { TargetConfig } from '../../../lambdas/shared/inputs/target';
import { publishedFolders } from '../../../lambdas/shared/inputs/template-folders';
import { acknowledgeWildcards } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import { RunbookMachine } from '../../platform/runbook-machine';
import { addResult, taskState } from '../../platform/task-state';
import {
  allowTemplates,
  StackUpdate,
  stackArn,
  type TemplateFolder,
  type UpdatedStack,
  UpdatePlan,
} from '../../steps/stack-update';

/** What the target's configuration says about the console. */
export interface ConsoleUpdateProps {
  /** Stack of the web console. */
  readonly console: UpdatedStack;
}

/** Name of the step in the ledger. */
const STEP = 'console';

/** Adds the machine `<stack>-console-update` to a clickstream stack. */
export function addConsoleUpdate(scope: Construct, target: TargetConfig): RunbookMachine {
  const { clickstream, tracing } = target;
  const { stackName, region, serviceRoleArn } = clickstream.console;
  return new RunbookMachine(scope, 'ConsoleUpdate', {
    name: 'console-update',
    runbook: 'clickstream-console-update',
    comment: 'Updates the web console of Clickstream Analytics on AWS to a newer version',
    schema: 'clickstream-console-update',
    target: clickstream,
    tracing,
    docs: 'docs/clickstream-console-update.md',
    body: (body) =>
      consoleUpdate(body, {
        console: {
          name: stackName,
          region,
          serviceRole:
            serviceRoleArn === undefined
              ? undefined
              : iam.Role.fromRoleArn(body, 'ConsoleRole', serviceRoleArn, { mutable: false }),
        },
      }),
  });
}

/** States between the first ("Check the input") and the last ("Close the run"). */
export function consoleUpdate(scope: Construct, { console }: ConsoleUpdateProps): sfn.Chain {
  const region = console.region ?? Stack.of(scope).region;
  const templates = publishedTemplates(scope);
  const read = taskState(scope, 'Read the console stack', {
    task: readTask(scope, console.name, region, templates),
    payload: {
      step: STEP,
      stackName: console.name,
      region,
      serviceRoleArn: console.serviceRole?.roleArn ?? null,
      targetVersion: '{% $states.input.input.targetVersion %}',
      templateUrl: '{% $states.input.input.console.templateUrl %}',
      parameters: '{% $states.input.input.console.parameters %}',
      dryRun: '{% $states.input.input.dryRun %}',
    },
    outputs: addResult(STEP),
    timeout: Duration.minutes(3),
    comment:
      'Tells variant and version of the console, compares parameters with the new template, and reports every finding at once; changes nothing. ' +
      'On redrive: looks again',
  });
  const dry = sfn.Choice.jsonata(scope, 'Only a dry run?', {
    comment: 'A dry run ends with the plan. On redrive: asks again',
  });
  const report = sfn.Succeed.jsonata(scope, 'Report the plan', {
    outputs: {
      dryRun: true,
      input: '{% $states.input.input %}',
      plan: `{% $states.input.${STEP} %}`,
      gate: 'change-set: what the change set would add, modify, replace and remove, before it is executed',
    },
    comment: 'Nothing was changed. On redrive: is not run again',
  });
  const needed = sfn.Choice.jsonata(scope, 'Does the console need an update?', {
    comment: 'A console that has this very build already is left alone. On redrive: asks again',
  });
  const update = new StackUpdate(scope, 'Update', {
    step: STEP,
    noun: 'the console',
    stack: console,
    templates,
    plan: UpdatePlan.fromState(`{% $states.input.${STEP}.plan %}`),
  });
  const done = sfn.Pass.jsonata(scope, 'The console is up to date', {
    comment:
      'Pipelines and data of its projects follow with runbooks of their own. On redrive: is not run again',
  });
  read.next(dry);
  dry.when(sfn.Condition.jsonata('{% $states.input.input.dryRun %}'), report).otherwise(needed);
  needed
    .when(sfn.Condition.jsonata(`{% $states.input.${STEP}.action = 'none' %}`), done)
    .otherwise(update.startState);
  for (const end of update.endStates) end.next(done);
  return sfn.Chain.custom(read, [done], done);
}

/** The task that reads stack and template. */
function readTask(
  scope: Construct,
  stackName: string,
  region: string,
  templates: readonly TemplateFolder[],
) {
  const task = Platform.of(scope).task('read-console-stack', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    timeout: Duration.minutes(2),
  });
  const arn = stackArn(scope, stackName, region);
  task.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents'],
      resources: [arn],
    }),
  );
  acknowledgeWildcards(task, [arn], 'The id at the end of the ARN is new in each stack.');
  task.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['cloudformation:GetTemplateSummary'],
      // Asked with an address the call knows no resource; the condition keeps it from other stacks.
      resources: ['*'],
      conditions: { StringLike: { 'cloudformation:TemplateUrl': 'https://*' } },
    }),
  );
  acknowledgeWildcards(
    task,
    ['*'],
    'A template at an address is no resource; stacks are excluded by the condition.',
  );
  allowTemplates(task, templates);
  return task;
}

/** The solution's templates as they are published for the partition of the stack. */
function publishedTemplates(scope: Construct): TemplateFolder[] {
  const partition = RegionInfo.get(Stack.of(scope).region).partition;
  // A stack that may go to any region is for any partition.
  return publishedFolders(partition).map(({ bucket, folder }) => ({
    bucket: s3.Bucket.fromBucketName(scope, `Templates-${bucket}`, bucket),
    folder,
  }));
}
