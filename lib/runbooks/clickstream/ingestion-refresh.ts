// The guide's last step before the data: ingestion servers that were made before the upgrade are replaced,
// two generations side by side for a while, so that at no moment fewer tasks take events than before.
// The update of the stack switches the group's template, but replaces no instance.

import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RefreshPhase } from '../../../lambdas/refresh-ingestion/payload';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { acknowledgeWildcards, allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import { WaitLoop } from '../../steps/wait-loop';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

const SERVERS = '$states.input.pipeline.ingestion';

/** States that read `pipeline.ingestion` in the state data; null there means that nothing is to be done. */
export function refreshIngestion(
  scope: Construct,
  target: Pick<ClickstreamTarget, 'pipeline'>,
): sfn.Chain {
  const within = new Construct(scope, 'IngestionRefresh');
  const solution = new SolutionArns(within, target);
  const task = refreshTask(within, solution);
  const loop = (
    phase: RefreshPhase,
    step: string,
    [act, question, done]: readonly string[],
    comment: string,
  ) =>
    new WaitLoop(within, step, {
      step,
      act: act!,
      question: question!,
      done: done!,
      task,
      payload: {
        phase,
        region: solution.region,
        servers: `{% ${SERVERS}.{ 'cluster': cluster, 'service': service, 'group': group } %}`,
      },
      comment,
    });
  const record = loop(
    'record',
    'ingestionSizes',
    [
      'Record the sizes of the ingestion servers',
      'Sizes of the ingestion servers recorded?',
      'The sizes of the ingestion servers are recorded',
    ],
    'Waits until the service is steady, and writes down every size before one is changed. On redrive: what was written down first stays',
  );
  const pool = loop(
    'empty',
    'ingestionPool',
    ['Empty the warm pool', 'Warm pool empty?', 'No old server waits in a warm pool'],
    'Deletes the warm pool: its stopped servers are old ones, and would be started first. On redrive: looks again',
  );
  const start = loop(
    'start',
    'ingestionStart',
    [
      'Start new ingestion servers',
      'New ingestion servers healthy?',
      'The new ingestion servers are healthy',
    ],
    'Makes room, doubles the tasks, and waits until the new ones are healthy on new servers. On redrive: goes on from what is there',
  );
  const drain = loop(
    'drain',
    'ingestionDrain',
    [
      'Drain the old ingestion servers',
      'Old ingestion servers gone?',
      'The old ingestion servers are gone',
    ],
    'Drains old servers and takes empty ones out through their group, as long as enough new tasks are healthy. On redrive: goes on from what is there',
  );
  const restore = loop(
    'restore',
    'ingestionRestore',
    [
      'Restore the sizes of the ingestion servers',
      'Sizes of the ingestion servers restored?',
      'The sizes of the ingestion servers are restored',
    ],
    'Gives every size back, and makes the warm pool anew. On redrive: goes on with what differs',
  );
  const any = sfn.Choice.jsonata(within, 'Ingestion servers on EC2?', {
    comment: 'A pipeline on Fargate has none, or servers elsewhere. On redrive: asks again',
  });
  const old = sfn.Choice.jsonata(within, 'Old ingestion servers?', {
    comment: 'Servers and warm pool may be of the present template already. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(within, 'The ingestion servers are up to date', {
    comment: 'Every server is of the template its group has now. On redrive: is not run again',
  });
  any
    .when(sfn.Condition.jsonata(`{% $type(${SERVERS}) = 'object' %}`), record.startState)
    .otherwise(done);
  for (const end of record.endStates) end.next(old);
  old
    .when(sfn.Condition.jsonata("{% $states.input.ingestionSizes.status = 'nothing' %}"), done)
    .otherwise(pool.next(start).next(drain).next(restore).next(done));
  return sfn.Chain.custom(any, [done], done);
}

/**
 * The task, with what its calls need. Read actions of these services know no resource:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
 */
function refreshTask(scope: Construct, solution: SolutionArns) {
  const platform = Platform.of(scope);
  const task = platform.task('refresh-ingestion', {
    ledger: ['GetItem', 'PutItem', 'DeleteItem'],
    states: ['DescribeExecution'],
  });
  // A run that is given up leaves no service half scaled: the same calls give the sizes back.
  for (const grantee of [task, platform.task('release-run')]) allowServers(grantee, solution);
  allow(task, ['autoscaling:DeleteWarmPool'], [solution.group], GENERATED_NAMES);
  return task;
}

function allowServers(grantee: lambda.Function, solution: SolutionArns): void {
  const on = (resource: string, ...actions: string[]) =>
    allow(grantee, actions, [resource], GENERATED_NAMES);
  allow(
    grantee,
    [
      'application-autoscaling:DescribeScalableTargets',
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeWarmPool',
      'elasticloadbalancing:DescribeTargetHealth',
    ],
    ['*'],
    'These actions know no resource.',
  );
  on(solution.ecs('service'), 'ecs:DescribeServices', 'ecs:UpdateService');
  on(solution.ecs('cluster'), 'ecs:ListContainerInstances');
  on(solution.ecs('task'), 'ecs:DescribeTasks', 'ecs:UpdateTaskProtection');
  // Asked without a container instance, ListTasks is about all of its cluster.
  on(
    solution.ecs('container-instance'),
    'ecs:ListTasks',
    'ecs:DescribeContainerInstances',
    'ecs:UpdateContainerInstancesState',
  );
  on(
    solution.group,
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:PutWarmPool',
    'autoscaling:TerminateInstanceInAutoScalingGroup',
  );
  const targets = [solution.scalableTargets];
  grantee.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: targets,
      conditions: {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      },
    }),
  );
  acknowledgeWildcards(
    grantee,
    targets,
    'Scalable targets get their ids when they are registered.',
  );
}
