import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Duration, RemovalPolicy, type Size, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { allow } from './allow';
import { RunbookPropsError } from './props-error';
import type { TaskVpc } from './task-rights';

/** Properties of {@link TaskFunction}. */
export interface TaskFunctionProps {
  /** Folder of the task in `lambdas/`, e.g. `run-batches`. */
  readonly task: string;

  /**
   * Environment variables of the function.
   *
   * @default - none but Lambda's own
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Longest run of one invocation. A waiting task returns two minutes earlier.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * Memory of the function.
   *
   * @default Size.mebibytes(256)
   */
  readonly memory?: Size;

  /**
   * Where the function runs to reach a private address. It needs a way to the services of AWS from there.
   *
   * @default - in no VPC
   */
  readonly vpc?: TaskVpc;
}

/** Folder of the bundles, in a checkout and in the published package alike. */
const BUNDLES = ['../../dist/lambdas', '../../lambdas']
  .map((folder) => path.resolve(__dirname, folder))
  .find((folder) => existsSync(path.join(folder, 'run-batches', 'index.mjs')));

/** The Lambda function of one task: the bundle as it was built, on arm64, with logs that are kept. */
export class TaskFunction extends lambda.Function {
  private vpc?: TaskVpc;

  constructor(scope: Construct, id: string, props: TaskFunctionProps) {
    const folder = BUNDLES && path.join(BUNDLES, props.task);
    if (folder === undefined || !existsSync(path.join(folder, 'index.mjs'))) {
      throw new RunbookPropsError(
        scope,
        `there is no bundle of task ${props.task}; run "npm run bundle" before the synth`,
      );
    }
    const logGroup = new logs.LogGroup(scope, `${id}Log`, {
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    super(scope, id, {
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(folder),
      memorySize: props.memory?.toMebibytes() ?? 256,
      timeout: props.timeout ?? Duration.minutes(15),
      environment: props.environment && { ...props.environment },
      logGroup,
      description: `Task ${props.task} of the upgrade runbooks`,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-L1',
      reason:
        'A newer runtime comes with a release whose tests ran on it, not with an update of CDK.',
    });
    // CDK's role has Lambda's managed policy, which allows all log groups; this one is enough.
    (this.role!.node.defaultChild as iam.CfnRole).managedPolicyArns = undefined;
    allow(
      this,
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [logGroup.logGroupArn],
      'The ARN of a log group ends in a wildcard for its streams.',
    );
    if (props.vpc) this.joinVpc(props.vpc);
  }

  /**
   * Runs the function in a VPC, to reach a private address there. Whoever needs it says so; two places
   * at once are refused. Lambda makes the network interfaces with the rights of the function's role.
   */
  joinVpc(vpc: TaskVpc): void {
    if (this.vpc) {
      if (this.stack.resolve(JSON.stringify(this.vpc)) === this.stack.resolve(JSON.stringify(vpc)))
        return;
      throw new RunbookPropsError(
        this,
        'a task runs in one VPC, and two steps want it in different subnets or security groups; give both the same vpc',
      );
    }
    this.vpc = vpc;
    const { subnetIds, securityGroupIds } = vpc;
    (this.node.defaultChild as lambda.CfnFunction).vpcConfig = {
      subnetIds: [...subnetIds],
      securityGroupIds: [...securityGroupIds],
    };
    allow(
      this,
      [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      ['*'],
      // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
      'Lambda makes and removes network interfaces that have no names before; it checks for these rights on all.',
    );
  }
}
