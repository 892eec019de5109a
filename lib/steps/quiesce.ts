import { Aws, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClusterRef } from '../../lambdas/shared/kubernetes/access';
import type { Thing } from '../../lambdas/shared/quiesced/thing';
import { allow, allowSecret } from '../platform/allow';
import { Platform } from '../platform/platform';
import { RunbookPropsError } from '../platform/props-error';
import type { TaskFunction } from '../platform/task-function';
import type { TaskRights, TaskVpc } from '../platform/task-rights';
import { Step } from './chain';
import { WaitLoop } from './wait-loop';
import type { Warehouse } from './warehouse';

/** Properties of {@link QuietThings.rules}. */
export interface QuietRules {
  /** Names of the rules: known at synth, or a JSONata expression such as `$states.input.pipeline.rules`. */
  readonly names: readonly string[] | string;

  /**
   * Region of the rules.
   *
   * @default - the runbook's own
   */
  readonly region?: string;

  /** ARNs of all rules that `names` can be. */
  readonly arns: readonly string[];

  /**
   * Why an ARN has a wildcard.
   *
   * @default - none of them may have one
   */
  readonly reason?: string;
}

/** Properties of {@link QuietThings.deployment}. */
export interface QuietDeployment {
  /** Name of the EKS cluster; tokens are bound to it. */
  readonly clusterName: string;

  /**
   * Region of the cluster.
   *
   * @default - the runbook's own
   */
  readonly region?: string;

  /**
   * Address of the API server, as `aws eks describe-cluster` prints it.
   *
   * @default - the secret's member `endpoint`
   */
  readonly endpoint?: string;

  /**
   * Certificate authority of the cluster, as `aws eks describe-cluster` prints it (base64) or as PEM.
   *
   * @default - the secret's member `certificateAuthority`; without that, public authorities count
   */
  readonly certificateAuthority?: string;

  /**
   * Secret with JSON whose members `endpoint`, `certificateAuthority` and `token` count before the
   * configuration. A token in it is used in place of one of IAM: for a cluster that is not on EKS.
   *
   * @default - the configuration says where the cluster is, and IAM who its caller is
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Role that signs the tokens, and must trust the tasks. With it the cluster needs one access entry
   * for a name that is known before the runbook is deployed.
   *
   * @default - the roles of the tasks themselves
   */
  readonly role?: iam.IRole;

  /**
   * Where tasks run that call the API server.
   *
   * @default - in no VPC: the API server has a public address
   */
  readonly vpc?: TaskVpc;

  /**
   * Namespace of the Deployment.
   *
   * @default 'default'
   */
  readonly namespace?: string;

  /** Name of the Deployment. */
  readonly deployment: string;
}

/** What a run holds still while it works, and the rights that takes. */
export class QuietThings {
  /** Rules of EventBridge on the default bus: they are disabled. */
  static rules({ names, region, arns, reason }: QuietRules): QuietThings {
    return new QuietThings(
      (scope) => {
        const where = region ?? Stack.of(scope).region;
        return typeof names === 'string'
          ? `{% [(${names}).{ 'kind': 'rule', 'name': $, 'region': '${where}' }] %}`
          : names.map((name): Thing => ({ kind: 'rule', name, region: where }));
      },
      (grantee, purpose) => {
        // One that was disabled before the run is disabled again, when somebody has enabled it since.
        const enable = purpose === 'give back' ? ['events:EnableRule'] : [];
        allow(grantee, ['events:DescribeRule', 'events:DisableRule', ...enable], arns, reason);
      },
    );
  }

  /**
   * Base capacity of a Redshift Serverless workgroup: it is raised, and never becomes less than it was.
   *
   * @param rpus known at synth, or JSONata such as `{% $states.input.input.capacityRpus %}`
   */
  static capacity(warehouse: Warehouse, rpus: number | string): QuietThings {
    return new QuietThings(
      (scope) => {
        const { workgroup, region } = warehouse.target;
        if (workgroup === undefined) {
          throw new RunbookPropsError(
            scope,
            'the capacity of a provisioned cluster is not changed by a runbook; give a serverless warehouse',
          );
        }
        const where = region ?? Stack.of(scope).region;
        return [{ kind: 'capacity', name: workgroup, region: where, to: rpus } satisfies Thing];
      },
      (grantee) => warehouse.grantCapacity(grantee),
    );
  }

  /**
   * A Deployment of Kubernetes: it is scaled to nothing, and given back as many replicas as it had. It is
   * still when none of its pods runs any more. The role that signs needs, in the namespace, get on
   * deployments, patch on deployments/scale and list on pods.
   */
  static deployment(props: QuietDeployment): QuietThings {
    const { clusterName, secret, role, vpc, namespace = 'default', deployment: name } = props;
    const { endpoint, certificateAuthority } = props;
    return new QuietThings(
      (scope) => {
        if (endpoint === undefined && secret === undefined) {
          throw new RunbookPropsError(
            scope,
            `nothing says where the API server of cluster ${clusterName} is; give its endpoint, or a secret with a member endpoint`,
          );
        }
        const region = props.region ?? Stack.of(scope).region;
        const cluster: ClusterRef = {
          name: clusterName,
          region,
          ...(endpoint !== undefined && { endpoint }),
          ...(certificateAuthority !== undefined && { certificateAuthority }),
          ...(secret && { secretArn: secret.secretArn }),
          ...(role && { roleArn: role.roleArn }),
          stsHost: `sts.${region}.${Aws.URL_SUFFIX}`,
          inVpc: vpc !== undefined,
        };
        const full = `${clusterName}/${namespace}/${name}`;
        return [{ kind: 'deployment', name: full, region, to: { cluster } } satisfies Thing];
      },
      (grantee) => {
        if (secret) allowSecret(grantee, secret);
        if (role) allow(grantee, ['sts:AssumeRole'], [role.roleArn]);
        if (vpc) grantee.joinVpc(vpc);
      },
    );
  }

  private constructor(
    /**
     * The payload's list of things.
     *
     * @internal
     */
    readonly render: (scope: Construct) => readonly Thing[] | string,
    /**
     * Lets a task look at them, and hold them or give them back.
     *
     * @internal
     */
    readonly grant: (grantee: TaskFunction, purpose: 'hold' | 'give back') => void,
  ) {}
}

/** Properties of {@link Quiesce}. */
export interface QuiesceProps {
  /** Name in the state data: letters only, unique in the machine. */
  readonly step: string;

  /** Name of the state, such as `Stop new loads`. */
  readonly act: string;

  /** Name of the Choice behind it, such as `New loads stopped?`. */
  readonly question: string;

  /** Name of the state behind both, such as `No new loads begin`. */
  readonly done: string;

  /** What is held still. */
  readonly things: QuietThings;
}

const FUNCTIONS: Readonly<Record<string, TaskRights>> = {
  quiesce: { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'restore-quiesced': {
    ledger: ['GetItem', 'PutItem', 'Query', 'DeleteItem'],
    states: ['DescribeExecution'],
  },
};

/**
 * Holds things still for the rest of the run. What each was is written down first; a second such step
 * stops what somebody has started since. A failed run keeps them still until it is redriven,
 * continued or released; a machine gives them back by {@link RestoreQuiesced}.
 */
export class Quiesce extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: QuiesceProps) {
    super(scope, id);
    const { things, ...names } = props;
    const platform = Platform.of(this);
    const task = platform.task('quiesce', FUNCTIONS.quiesce);
    const restore = platform.task('restore-quiesced', FUNCTIONS['restore-quiesced']);
    things.grant(task, 'hold');
    for (const grantee of [restore, platform.task('release-run')]) {
      things.grant(grantee, 'give back');
    }
    const loop = new WaitLoop(this, 'Loop', {
      ...names,
      task,
      payload: { things: things.render(this) },
      comment:
        'Writes down what each thing is, changes it, and reads it back. ' +
        'On redrive: looks again; what was written down first stays',
    });
    this.startState = loop.startState;
    this.endStates = loop.endStates;
  }
}

/** Properties of {@link RestoreQuiesced}. */
export interface RestoreQuiescedProps {
  /**
   * Name in the state data: letters only, unique in the machine.
   *
   * @default 'restored'
   */
  readonly step?: string;

  /**
   * Name of the state.
   *
   * @default 'Give back what was held still'
   */
  readonly act?: string;

  /**
   * Name of the Choice behind it.
   *
   * @default 'Everything given back?'
   */
  readonly question?: string;

  /**
   * Name of the state behind both.
   *
   * @default 'Everything is as before the run'
   */
  readonly done?: string;
}

/** Gives back everything the run has quiesced, the latest first, and reads it back. */
export class RestoreQuiesced extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: RestoreQuiescedProps = {}) {
    super(scope, id);
    const loop = new WaitLoop(this, 'Loop', {
      step: props.step ?? 'restored',
      act: props.act ?? 'Give back what was held still',
      question: props.question ?? 'Everything given back?',
      done: props.done ?? 'Everything is as before the run',
      task: Platform.of(this).task('restore-quiesced', FUNCTIONS['restore-quiesced']),
      payload: {},
      comment:
        'Makes each thing what it was before the run, the latest first, and reads it back. ' +
        'On redrive: goes on with what is not given back yet',
    });
    this.startState = loop.startState;
    this.endStates = loop.endStates;
  }
}
