import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './allow';
import { MachineArns } from './execution-arns';
import { Platform } from './platform';
import { RunbookPropsError } from './props-error';

/** Properties of {@link Machine}. */
export interface MachineProps {
  /** Last part of the name; the first is the stack's. */
  readonly name: string;

  /** What the machine does, in one line. */
  readonly comment: string;

  /** First state, with all that follow. */
  readonly definition: sfn.IChainable;

  /**
   * Whether X-Ray traces are written.
   *
   * @default false
   */
  readonly tracing?: boolean;
}

/** A state machine as all of ours are: STANDARD, JSONata, called after its stack, with logs that stay. */
export class Machine extends Construct {
  /** The state machine itself. */
  readonly stateMachine: sfn.StateMachine;

  /** ARNs made from the name, for those that must not wait for the machine. */
  readonly arns: MachineArns;

  /** Where Step Functions logs what happens, without data. */
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const name = `${Stack.of(this).stackName}-${props.name}`;
    if (name.length > 80) {
      throw new RunbookPropsError(this, `the name ${name} is longer than 80 characters`);
    }
    this.arns = new MachineArns(this, name);
    this.logGroup = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: sfn.StateMachineType.STANDARD,
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(props.definition),
      comment: props.comment,
      tracingEnabled: props.tracing ?? false,
      logs: { destination: this.logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    this.acknowledge(props.tracing ?? false);
  }

  private acknowledge(tracing: boolean): void {
    acknowledgeWildcards(
      this.stateMachine,
      ['*'],
      'Log delivery and X-Ray know no resources: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html',
    );
    acknowledgeWildcards(
      this.stateMachine,
      Platform.of(this).taskFunctions.map((task) => `${task.functionArn}:*`),
      'CDK grants the versions of a function along with it; tasks are called unqualified and have none.',
    );
    const children = this.stateMachine.node.tryFindChild('DistributedMapPolicy');
    if (children) {
      const { document } = children as iam.Policy;
      const { Statement = [] } = Stack.of(this).resolve(document.toJSON()) as {
        Statement?: { Resource: string | string[] }[];
      };
      acknowledgeWildcards(
        children,
        Statement.flatMap(({ Resource }) => Resource),
        'Children of a Distributed Map get their names when they start; machine and label are named.',
      );
    }
    if (!tracing) {
      Validations.of(this.stateMachine).acknowledge({
        id: 'AwsSolutions-SF2',
        reason: 'Traces cost per execution and are opt-in; the ledger tells what a run did.',
      });
    }
  }
}
