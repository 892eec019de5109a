// The machine `clickstream-console-update`: the web console's stack gets the template of a newer
// version by a change set that a person has seen.

import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { ClickstreamTarget, TargetWith } from '../../../lambdas/shared/inputs/target';
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
  UpdatePlan,
} from '../../steps/stack-update';
import { checkThenWork } from '../check-then-work';

/** Name of the step in the ledger. */
const STEP = 'console';

/** Adds the machine `<stack>-console-update` to a clickstream stack. */
export function addConsoleUpdate(
  scope: Construct,
  target: TargetWith<'clickstream'>,
): RunbookMachine {
  const { clickstream, tracing } = target;
  return new RunbookMachine(scope, 'ConsoleUpdate', {
    name: 'console-update',
    runbook: 'clickstream-console-update',
    comment: 'Updates the web console of Clickstream Analytics on AWS to a newer version',
    schema: 'clickstream-console-update',
    target: clickstream,
    tracing,
    docs: 'docs/runbooks/clickstream.md',
    body: (body) =>
      checkThenWork(body, {
        check: checkConsole(body, clickstream),
        plan: {
          plan: `{% $states.input.${STEP} %}`,
          gate: 'change-set: what the change set would add, modify, replace and remove, before it is executed',
        },
        work: consoleUpdate(body, clickstream),
      }),
  });
}

/** The state that decides the update or says everything that keeps it from being made. */
function checkConsole(scope: Construct, target: ClickstreamTarget) {
  const task = Platform.of(scope).task('read-console-stack', {
    ledger: ['GetItem', 'PutItem', 'Query'],
    timeout: Duration.minutes(2),
  });
  allowReadConsole(scope, task, target);
  return taskState(scope, 'Read the console stack', {
    task,
    payload: { ...consoleMembers(scope, target), dryRun: '{% $states.input.input.dryRun %}' },
    outputs: addResult(STEP),
    timeout: Duration.minutes(3),
    comment:
      'Tells variant and version of the console, compares parameters with the new template, and reports every finding at once; changes nothing. ' +
      'On redrive: looks again',
  });
}

/** Members of the payload that say what is read. */
export function consoleMembers(scope: Construct, { console }: Pick<ClickstreamTarget, 'console'>) {
  return {
    step: STEP,
    stackName: console.stackName,
    region: console.region ?? Stack.of(scope).region,
    serviceRoleArn: console.serviceRoleArn ?? null,
    targetVersion: '{% $states.input.input.targetVersion %}',
    templateUrl: '{% $states.input.input.console.templateUrl %}',
    parameters: '{% $states.input.input.console.parameters %}',
  };
}

/**
 * States that bring the console to what was decided, which stands in the state data under `console`.
 *
 * @param gate whether a change set that touches no data is asked about, as JSONata
 */
export function consoleUpdate(
  scope: Construct,
  { console }: Pick<ClickstreamTarget, 'console'>,
  gate?: string,
): sfn.Chain {
  const { stackName, region, serviceRoleArn } = console;
  const needed = sfn.Choice.jsonata(scope, 'Does the console need an update?', {
    comment: 'A console that has this very build already is left alone. On redrive: asks again',
  });
  const update = new StackUpdate(scope, 'Update', {
    step: STEP,
    noun: 'the console',
    stack: {
      name: stackName,
      region,
      serviceRole:
        serviceRoleArn === undefined
          ? undefined
          : iam.Role.fromRoleArn(scope, 'ConsoleRole', serviceRoleArn, { mutable: false }),
    },
    templates: publishedTemplates(scope),
    plan: UpdatePlan.fromState(`{% $states.input.${STEP}.plan %}`),
    gate,
  });
  const done = sfn.Pass.jsonata(scope, 'The console is up to date', {
    comment: 'Its projects have their own pipelines and data. On redrive: is not run again',
  });
  needed
    .when(sfn.Condition.jsonata(`{% $states.input.${STEP}.action = 'none' %}`), done)
    .otherwise(update.startState);
  for (const end of update.endStates) end.next(done);
  return sfn.Chain.custom(needed, [done], done);
}

/**
 * Lets a task read the console's stack and the published templates.
 *
 * @param actions on the stack, less those the task has on all stacks
 */
export function allowReadConsole(
  scope: Construct,
  task: lambda.Function,
  { console }: Pick<ClickstreamTarget, 'console'>,
  actions = ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents'],
): void {
  const arn = stackArn(scope, console.stackName, console.region ?? Stack.of(scope).region);
  task.addToRolePolicy(new iam.PolicyStatement({ actions, resources: [arn] }));
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
  allowTemplates(task, publishedTemplates(scope));
}

/** The solution's templates as they are published for the partition of the stack. */
function publishedTemplates(scope: Construct): TemplateFolder[] {
  const partition = RegionInfo.get(Stack.of(scope).region).partition;
  // A stack that may go to any region is for any partition.
  return publishedFolders(partition).map(({ bucket, folder }) => ({
    bucket: bucketOf(scope, bucket),
    folder,
  }));
}

/** Tasks of one machine that read the same bucket share its construct. */
function bucketOf(scope: Construct, name: string): s3.IBucket {
  const id = `Templates-${name}`;
  const known = scope.node.tryFindChild(id) as s3.IBucket | undefined;
  return known ?? s3.Bucket.fromBucketName(scope, id, name);
}
