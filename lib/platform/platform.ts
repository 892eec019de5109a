import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import { allow } from './allow';
import type { MachineArns } from './execution-arns';
import { RunbookPropsError } from './props-error';
import { TaskFunction } from './task-function';
import { NET, SETTLING_TASKS, type StatesCall, TASK_RIGHTS, type TaskRights } from './task-rights';

const ID = 'Platform';

/** What every stack of runbooks has once: ledger, reports, topic, and one function a task. */
export class Platform extends Construct {
  /** The stack's platform; made when the first step asks for it. */
  static of(scope: IConstruct): Platform {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as Platform | undefined) ?? new Platform(stack);
  }

  /** Record of runs, batches, attempts, checks and gates; kept when the stack goes. */
  readonly ledger: dynamodb.Table;

  /** Reports of the runs; kept when the stack goes. */
  readonly reports: s3.Bucket;

  /** Where notices and alarms go. */
  readonly topic: sns.Topic;

  private readonly tasks = new Map<string, { task: TaskFunction; states: readonly StatesCall[] }>();
  private readonly machines = new Map<string, MachineArns>();
  private readonly settlings: ((net: TaskFunction) => void)[] = [];

  private constructor(scope: Stack) {
    super(scope, ID);
    this.ledger = new dynamodb.Table(this, 'Ledger', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.reports = new s3.Bucket(this, 'Reports', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.reports).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'A second bucket for access logs would outlive the stack as well; CloudTrail data events are the account owner’s choice.',
    });
    this.topic = new sns.Topic(this, 'Notices', { masterKey: this.topicKey(), enforceSSL: true });
    // With a policy of its own a topic loses the default one that let alarms of the account publish.
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }

  /**
   * The stack's function of a task, with exactly the rights it uses.
   *
   * @param rights of a task that the platform does not know itself
   */
  task(name: string, rights: TaskRights | undefined = TASK_RIGHTS[name]): TaskFunction {
    const known = this.tasks.get(name);
    if (known) return known.task;
    if (rights === undefined) {
      throw new RunbookPropsError(this, `the rights of task ${name} are not known; pass them`);
    }
    const task = new TaskFunction(this, pascalCase(name), {
      task: name,
      timeout: rights.timeout,
      memory: rights.memory,
      vpc: rights.vpc,
      environment: {
        ...(rights.ledger ? { LEDGER_TABLE: this.ledger.tableName } : {}),
        ...(rights.reports ? { REPORT_BUCKET: this.reports.bucketName } : {}),
        ...(rights.publish ? { TOPIC_ARN: this.topic.topicArn } : {}),
      },
    });
    if (rights.ledger) {
      const actions = rights.ledger.map((action) => `dynamodb:${action}`);
      allow(task, actions, [this.ledger.tableArn]);
    }
    if (rights.reports) {
      const objects = this.reports.arnForObjects('*/report.*');
      allow(task, ['s3:PutObject'], [objects], 'A report lies under the id of its run.');
    }
    if (rights.publish) {
      allow(task, ['sns:Publish'], [this.topic.topicArn]);
      allow(task, ['kms:Decrypt', 'kms:GenerateDataKey'], [this.topic.masterKey!.keyArn]);
    }
    const states = rights.states ?? [];
    this.tasks.set(name, { task, states });
    for (const machine of this.machines.values()) grantStates(task, states, machine);
    if (name === NET) for (const settle of this.settlings) settle(task);
    return task;
  }

  /**
   * Gives a task rights that only some steps need of it; those it has are not given again.
   *
   * @internal
   */
  widen(name: string, more: Required<Pick<TaskRights, 'ledger' | 'states'>>): void {
    const task = this.task(name);
    const { states } = this.tasks.get(name)!;
    const added = more.states.filter((call) => !states.includes(call));
    if (added.length === 0) return;
    const actions = more.ledger.map((action) => `dynamodb:${action}`);
    if (actions.length > 0) allow(task, actions, [this.ledger.tableArn]);
    this.tasks.set(name, { task, states: [...states, ...added] });
    for (const machine of this.machines.values()) grantStates(task, added, machine);
  }

  /** All functions of tasks made so far. */
  get taskFunctions(): readonly TaskFunction[] {
    return [...this.tasks.values()].map(({ task }) => task);
  }

  /**
   * Functions that end what a stopped run left behind; a step grants them what its own task has.
   *
   * @internal
   */
  get settlingTasks(): readonly TaskFunction[] {
    return SETTLING_TASKS.map((name) => this.task(name));
  }

  /**
   * Calls the function that ends what a stopped run left behind, in a stack whose steps leave something:
   * the first of them may come later than the caller.
   *
   * @internal
   */
  whereRunsLeaveWork(call: (net: TaskFunction) => void): void {
    this.settlings.push(call);
    const net = this.tasks.get(NET);
    if (net) call(net.task);
  }

  /**
   * Lets the tasks that ask about executions ask about those of this machine.
   *
   * @internal
   */
  register(machine: MachineArns): void {
    this.machines.set(machine.name, machine);
    for (const { task, states } of this.tasks.values()) grantStates(task, states, machine);
  }

  /** CloudWatch can publish to an encrypted topic only when the key's own policy says so. */
  private topicKey(): kms.Key {
    const key = new kms.Key(this, 'NoticesKey', {
      description: 'Encrypts notices and alarms of the upgrade runbooks',
      enableKeyRotation: true,
      // Nothing lies under this key for longer than the delivery of a message.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'], // In a key policy this is the key itself.
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    return key;
  }
}

const RESOURCES: Record<StatesCall, (arns: MachineArns) => string[]> = {
  DescribeExecution: (arns) => [arns.executions, arns.children],
  GetExecutionHistory: (arns) => [arns.executions],
  ListMapRuns: (arns) => [arns.executions, arns.children],
  ListExecutions: (arns) => [arns.mapRuns],
  SendTaskSuccess: (arns) => [arns.machine, arns.childMachines],
  SendTaskFailure: (arns) => [arns.machine, arns.childMachines],
};

function grantStates(task: TaskFunction, calls: readonly StatesCall[], machine: MachineArns): void {
  for (const call of calls) {
    const resources = RESOURCES[call](machine);
    const reason = 'Executions and Map Runs get their names when they start; the machine is named.';
    allow(task, [`states:${call}`], resources, reason);
  }
}

/**
 * `run-batches` as a construct id: `RunBatches`.
 *
 * @internal
 */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
