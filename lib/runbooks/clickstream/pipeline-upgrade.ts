// The part that upgrades the pipeline of a project: through the console's API, or, where the configuration
// names no token for it, by a person at a gate. Either way the stacks say when it is done.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { addResult, taskState } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { consoleRef } from './console-ref';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

/** Name of the results in the state data. */
const STARTED = 'pipelineStart';
const FOLLOWED = 'pipelineUpgrade';

const LEDGER = ['GetItem', 'PutItem', 'Query'] as const;

const RIGHTS: Readonly<Record<string, TaskRights>> = {
  'set-time-zones': { ledger: ['GetItem', 'PutItem'] },
  'start-pipeline-upgrade': { ledger: LEDGER, states: ['DescribeExecution'] },
  'follow-pipeline': { ledger: LEDGER, states: ['DescribeExecution'] },
};

/** What the target's configuration says about console and pipeline. */
export type PipelineUpgradeTarget = Pick<ClickstreamTarget, 'projectId' | 'console' | 'pipeline'>;

/**
 * Upgrades the pipeline to the version of its console.
 *
 * ```
 * with a token:  Set the time zones -> Start -> Follow      without: Look -> Ask at gate -> Follow
 *                                        ^ again  |                    ^     (a person)    | again
 *                                        +--------+                    +-------------------+
 * ```
 *
 * It reads `pipeline.timezones` of the input, and leaves `pipelineUpgrade.to`, the full version.
 */
export function pipelineUpgrade(scope: Construct, target: PipelineUpgradeTarget): sfn.Chain {
  const byHand = target.console.apiTokenSecretArn === undefined;
  const payload = members(scope, target);
  const start = taskState(
    scope,
    byHand ? 'Look at the pipeline' : 'Start the upgrade of the pipeline',
    {
      task: tasks(scope, target, 'start-pipeline-upgrade'),
      payload,
      outputs: addResult(STARTED),
      comment: byHand
        ? 'Looks whether the pipeline has the version of the console, or is on its way to it; changes nothing. On redrive: looks again'
        : 'Asks the console to upgrade the pipeline, once, and looks at the pipeline before each request. ' +
          'On redrive: adopts an upgrade that works, asks for a retry after a failed one',
    },
  );
  const begun = sfn.Choice.jsonata(scope, 'Has the upgrade of the pipeline begun?', {
    comment:
      'Leads back while nobody knows, and past the upgrade when there is nothing to do. On redrive: asks again',
  });
  const follow = taskState(scope, 'Follow the upgrade of the pipeline', {
    task: tasks(scope, target, 'follow-pipeline'),
    payload,
    outputs: addResult(FOLLOWED),
    comment:
      'Waits until every root stack of the project carries the version of the console; names the stack and the resource that failed. ' +
      'On redrive: after a failure leads back to the start',
  });
  const through = sfn.Choice.jsonata(scope, 'Upgrade of the pipeline through?', {
    comment: 'Leads back while it works, and to the start after a failure. On redrive: asks again',
  });
  const done = sfn.Pass.jsonata(scope, 'The pipeline is upgraded', {
    outputs: `{% $merge([$states.input, { '${FOLLOWED}': { 'to': $states.input.${STARTED}.to } }]) %}`,
    comment: 'Every root stack has the version of the console. On redrive: is not run again',
  });
  const is = (result: string, status: string) =>
    sfn.Condition.jsonata(`{% $states.input.${result}.status = '${status}' %}`);
  start.next(begun);
  follow.next(through);
  begun.when(is(STARTED, 'running'), start).when(is(STARTED, 'done'), done);
  if (byHand) {
    const gate = pressUpgrade(scope, target.projectId);
    begun.when(is(STARTED, 'ask'), gate);
    gate.next(follow);
  }
  begun.otherwise(follow);
  through.when(is(FOLLOWED, 'running'), follow).when(is(FOLLOWED, 'again'), start).otherwise(done);
  if (byHand) return sfn.Chain.custom(start, [done], done);
  const zones = timeZones(scope, target, payload);
  zones.next(start);
  return sfn.Chain.custom(zones, [done], done);
}

function members(scope: Construct, target: PipelineUpgradeTarget) {
  const { region } = new SolutionArns(scope, target);
  return { console: consoleRef(scope, target), projectId: target.projectId, region };
}

function timeZones(
  scope: Construct,
  target: PipelineUpgradeTarget,
  payload: ReturnType<typeof members>,
) {
  return taskState(scope, 'Set the time zones of the applications', {
    task: tasks(scope, target, 'set-time-zones'),
    payload: { ...payload, timezones: '{% $states.input.input.pipeline.timezones %}' },
    comment:
      'Sets the reporting time zone of every application that has none; a zone is final, so all problems are found first. ' +
      'On redrive: looks again and sets those that are missing',
  });
}

/** A person does what the API would. Each attempt is asked about on its own. */
function pressUpgrade(scope: Construct, projectId: string): ManualGate {
  const { action, from, to } = {
    action: `$states.input.${STARTED}.action`,
    from: `$states.input.${STARTED}.from`,
    to: `$states.input.${STARTED}.to`,
  };
  return new ManualGate(scope, 'PressUpgrade', {
    gate: 'pipeline-upgrade',
    question:
      `{% 'Upgrade the pipeline of project ${projectId} from ' & ${from} & ' to ' & ${to} & ' by hand: open the project in the console and press ' & ` +
      `(${action} = 'retry' ? 'Retry on the page of the pipeline, which an earlier attempt left Failed.' : ` +
      "'Upgrade on the page of the pipeline. Every application needs a reporting time zone before; it cannot be changed later.') & " +
      `' Approve when it is pressed: the stacks are followed from then on, and nothing else is started.' %}`,
    approve: {
      project: projectId,
      to: `{% ${to} %}`,
      attempt: `{% $states.input.${STARTED}.attempt %}`,
    },
  });
}

/** A task with the rights its calls need. */
function tasks(scope: Construct, target: PipelineUpgradeTarget, name: string) {
  const { console } = target;
  const callsApi = name !== 'follow-pipeline' && console.apiTokenSecretArn !== undefined;
  const task = Platform.of(scope).task(name, {
    ...RIGHTS[name]!,
    ...(callsApi && console.vpc ? { vpc: console.vpc } : {}),
  });
  allow(
    task,
    ['cloudformation:DescribeStacks'],
    ['*'],
    'A pipeline’s stacks are found by their tags, for which all stacks must be listed; the call changes nothing.',
  );
  if (name === 'follow-pipeline') {
    const { stacks } = new SolutionArns(scope, target);
    allow(task, ['cloudformation:DescribeStackEvents'], [stacks], GENERATED_NAMES);
  }
  if (callsApi) allow(task, ['secretsmanager:GetSecretValue'], [console.apiTokenSecretArn!]);
  return task;
}
