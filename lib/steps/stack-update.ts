import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IConstruct } from 'constructs';
import type { StackUpdatePlan } from '../../lambdas/shared/stacks/plan';
import { acknowledgeWildcards, allow } from '../platform/allow';
import { answerMachineArn } from '../platform/answer-machine';
import { Platform } from '../platform/platform';
import type { TaskRights } from '../platform/task-rights';
import { taskState } from '../platform/task-state';
import { Step } from './chain';
import { gateComment } from './manual-gate';
import { checkStepName } from './step-name';

/** Stack a step updates; it may be in another region than the runbook. */
export interface UpdatedStack {
  /** Name of the stack. */
  readonly name: string;

  /**
   * Region of the stack.
   *
   * @default - the runbook's own
   */
  readonly region?: string;

  /**
   * Role CloudFormation works with.
   *
   * @default - the service role the stack has; without one the runbook has no right to change what is in it
   */
  readonly serviceRole?: iam.IRole;
}

/** What shall become of the stack: known at synth, or decided by a state before this step. */
export class UpdatePlan {
  /**
   * A template and parameters that are known now.
   *
   * @param templateUrl address of a template that does not move
   * @param parameters new values by key, and null for a value to keep; others take their default
   */
  static template(
    templateUrl: string,
    parameters: Readonly<Record<string, string | null>> = {},
  ): UpdatePlan {
    const list = Object.entries(parameters);
    return new UpdatePlan((stack) => ({
      stackName: stack.stackName,
      region: stack.region,
      ...(stack.roleArn === undefined ? {} : { roleArn: stack.roleArn }),
      templateUrl,
      parameters: list.map(([key, value]) => (value === null ? { key } : { key, value })),
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      warnings: [],
    }));
  }

  /** A plan in the state data, as a JSONata string such as `{% $states.input.console.plan %}`. */
  static fromState(jsonata: string): UpdatePlan {
    return new UpdatePlan(() => jsonata);
  }

  private constructor(
    /**
     * The payload's member.
     *
     * @internal
     */
    readonly render: (
      stack: Pick<StackUpdatePlan, 'stackName' | 'region' | 'roleArn'>,
    ) => StackUpdatePlan | string,
  ) {}
}

/** Where templates lie. */
export interface TemplateFolder {
  /** The bucket; one of somebody else must let this account read it. */
  readonly bucket: s3.IBucket;

  /**
   * Folder of the bucket, without a slash at its end.
   *
   * @default - the whole bucket
   */
  readonly folder?: string;
}

/** Properties of {@link StackUpdate}. */
export interface StackUpdateProps {
  /** Name in ledger and state data: letters only, unique in the machine. */
  readonly step: string;

  /** What is updated, as in the state names `Follow the update of the console`. */
  readonly noun: string;

  /** The stack. */
  readonly stack: UpdatedStack;

  /** What shall become of it. */
  readonly plan: UpdatePlan;

  /**
   * Where the template lies. CloudFormation reads it with the rights of the task that makes the
   * change set, also when everybody may read the bucket.
   *
   * @default - the task may read no bucket: enough only where the bucket's own policy names it
   */
  readonly templates?: readonly TemplateFolder[];

  /**
   * Whether a person approves every change set, known at synth or as JSONata (`{% … %}`). One that would
   * replace or remove what holds data is asked about in any case.
   *
   * @default true
   */
  readonly gate?: boolean | string;

  /**
   * Name of the gate. One per machine.
   *
   * @default 'change-set'
   */
  readonly gateName?: string;

  /**
   * How long an answer is waited for.
   *
   * @default Duration.days(7)
   */
  readonly gateTimeout?: Duration;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

const LEDGER = ['GetItem', 'PutItem', 'Query'] as const;

/** Rights of the step's tasks on what the runbook's own stack has. */
const RIGHTS: Readonly<Record<string, TaskRights>> = {
  'prepare-change-set': { ledger: LEDGER, states: ['DescribeExecution'] },
  'ask-change-set': {
    ledger: LEDGER,
    publish: true,
    states: ['SendTaskSuccess'],
    timeout: Duration.minutes(2),
  },
  'execute-change-set': { ledger: LEDGER, timeout: Duration.minutes(2) },
  'follow-stack': { ledger: LEDGER, states: ['DescribeExecution'] },
};

const CLOUDFORMATION = iam.ServicePrincipal.servicePrincipalName('cloudformation.amazonaws.com');

/** Change sets this step makes; its tasks may execute and delete no other. */
const OUR_CHANGE_SETS = { StringLike: { 'cloudformation:ChangeSetName': 'runbook-*' } };

/**
 * Updates one CloudFormation stack: makes a change set, asks a person about it, executes exactly
 * what was approved, and follows it to its end. After a rollback a redrive makes a new change set.
 *
 * ```
 * Prepare -> ready? -> Ask -> still there? -> Execute -> as approved? -> Follow -> updated?
 *    ^ running  |        stale |                 changed |                  ^ running | again
 *    +----------+--------------+-------------------------+------------------+---------+
 * ```
 */
export class StackUpdate extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: StackUpdateProps) {
    super(scope, id);
    checkStepName(this, 'step', props.step);
    const { step, noun } = props;
    const inItem = props.inItem ?? false;
    const gate = props.gateName ?? 'change-set';
    const gated = props.gate ?? true;
    const region = props.stack.region ?? Stack.of(this).region;
    const plan = props.plan.render({
      stackName: props.stack.name,
      region,
      roleArn: props.stack.serviceRole?.roleArn,
    });
    const result = `${step}Update`;
    const at = `$states.input.${result}`;
    const outputs = `{% $merge([$states.input, { '${result}': $merge([${at}, $states.result.Payload]) }]) %}`;
    const tasks = this.tasks(props.stack, region, props.templates);

    const prepare = taskState(this, `Prepare the change set of ${noun}`, {
      task: tasks.prepare,
      payload: { step, plan },
      inItem,
      outputs,
      comment:
        'Makes a change set, or adopts the one this run has made, and waits until it is complete. ' +
        'On redrive: makes a new one as the next attempt after a failed one',
    });
    const prepared = sfn.Choice.jsonata(this, `Change set of ${noun} ready?`, {
      comment: 'Leads back while it is being made. On redrive: asks again',
    });
    const ask = taskState(this, `Ask about the change set of ${noun}`, {
      task: tasks.ask,
      payload: {
        step,
        region,
        gate,
        answerMachineArn: answerMachineArn(this),
      },
      inItem,
      callbackTimeout: props.gateTimeout ?? Duration.days(7),
      outputs: `{% $merge([$states.input, { '${result}': $merge([${at}, { 'approval': $states.result }]) }]) %}`,
      comment: gateComment(gate, inItem),
    });
    const there = sfn.Choice.jsonata(this, `Change set of ${noun} still there?`, {
      comment: 'One that can no longer be executed is made again. On redrive: asks again',
    });
    const execute = taskState(this, `Execute the change set of ${noun}`, {
      task: tasks.execute,
      payload: { step, region, gate, gated },
      inItem,
      outputs,
      timeout: Duration.minutes(3),
      comment:
        'Starts the update when the change set is the approved one. ' +
        'On redrive: adopts the update when it has begun, and starts it otherwise',
    });
    const approved = sfn.Choice.jsonata(this, `Change set of ${noun} as approved?`, {
      comment: 'Another one than was approved is asked about again. On redrive: asks again',
    });
    const follow = taskState(this, `Follow the update of ${noun}`, {
      task: tasks.follow,
      payload: { step, plan },
      inItem,
      outputs,
      comment:
        'Waits until the stack is updated and verifies what is deployed; after a rollback it names the resource that failed first. ' +
        'On redrive: after a rollback leads back to a new change set',
    });
    const updated = sfn.Choice.jsonata(this, `Update of ${noun} through?`, {
      comment:
        'Leads back while it runs, and to a new change set after a rollback. On redrive: asks again',
    });
    const done = sfn.Pass.jsonata(this, `The update of ${noun} is done`, {
      comment: 'The stack is as planned, or was so before',
    });

    const status = (value: string) => sfn.Condition.jsonata(`{% ${at}.status = '${value}' %}`);
    const always = typeof gated === 'string' ? `(${gated.replace(/^\{%|%\}$/g, '')}) or ` : '';
    const asks = sfn.Condition.jsonata(
      gated === true ? '{% true %}' : `{% ${always}${at}.risky > 0 %}`,
    );
    prepare.next(prepared);
    prepared
      .when(status('running'), prepare)
      .when(status('empty'), done)
      .when(status('executing'), follow)
      .when(asks, ask)
      .otherwise(execute);
    ask.next(there);
    there
      .when(sfn.Condition.jsonata(`{% $exists(${at}.approval.stale) %}`), prepare)
      .otherwise(execute);
    execute.next(approved);
    approved.when(status('executing'), follow).otherwise(prepare);
    follow.next(updated);
    updated.when(status('running'), follow).when(status('again'), prepare).otherwise(done);
    this.startState = prepare;
    this.endStates = [done];
  }

  /** The tasks, each with what its own calls need on this one stack. */
  private tasks(stack: UpdatedStack, region: string, templates: readonly TemplateFolder[] = []) {
    const platform = Platform.of(this);
    const task = (name: string) => platform.task(name, RIGHTS[name]);
    const prepare = task('prepare-change-set');
    const ask = task('ask-change-set');
    const execute = task('execute-change-set');
    const follow = task('follow-stack');
    const arn = stackArn(this, stack.name, region);
    const allowOn = (grantee: lambda.IFunction, names: string[], conditions?: object) => {
      const actions = names.map((name) => `cloudformation:${name}`);
      grantee.addToRolePolicy(
        new iam.PolicyStatement({ actions, resources: [arn], ...(conditions && { conditions }) }),
      );
      acknowledgeWildcards(grantee, [arn], 'The id at the end of the ARN is new in each stack.');
    };
    allowOn(prepare, ['DescribeStacks', 'DescribeChangeSet']);
    allowOn(prepare, ['CreateChangeSet', 'DeleteChangeSet'], OUR_CHANGE_SETS);
    allowOn(ask, ['DescribeChangeSet']);
    allowOn(execute, ['DescribeStacks', 'DescribeChangeSet', 'DescribeStackEvents']);
    allowOn(execute, ['ExecuteChangeSet'], OUR_CHANGE_SETS);
    allowOn(follow, ['DescribeStacks', 'DescribeChangeSet', 'DescribeStackEvents']);
    // A run that is given up leaves no change set behind.
    const release = platform.task('release-run');
    allowOn(release, ['DescribeChangeSet']);
    allowOn(release, ['DeleteChangeSet'], OUR_CHANGE_SETS);
    allowTemplates(prepare, templates);
    if (stack.serviceRole) {
      prepare.addToRolePolicy(
        new iam.PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [stack.serviceRole.roleArn],
          conditions: {
            StringEquals: { 'iam:PassedToService': CLOUDFORMATION },
          },
        }),
      );
    }
    return { prepare, ask, execute, follow };
  }
}

/**
 * Lets a task call CloudFormation with the address of a template in one of these folders.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
 *
 * @internal
 */
export function allowTemplates(
  grantee: iam.IGrantable & IConstruct,
  templates: readonly TemplateFolder[],
): void {
  const reason = 'Templates of every version; which one is decided when the runbook runs.';
  for (const { bucket, folder } of templates) {
    const objects = bucket.arnForObjects(folder === undefined ? '*' : `${folder}/*`);
    allow(grantee, ['s3:GetObject'], [objects], reason);
  }
}

/**
 * ARN of a stack by its name: the id at its end is not known before it exists.
 *
 * @internal
 */
export function stackArn(scope: Construct, name: string, region?: string): string {
  return Stack.of(scope).formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${name}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    ...(region === undefined ? {} : { region }),
  });
}
