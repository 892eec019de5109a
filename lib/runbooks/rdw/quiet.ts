// The quiet period of a back-fill: no regular job is on its way, its pod is taken away, nothing of it is left.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AwaitPhase } from '../../../lambdas/await-migrate/payload';
import { tenantsOf } from '../../../lambdas/shared/rdw/tenant';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { Quiesce, RestoreQuiesced } from '../../steps/quiesce';
import { WaitLoop, type WaitLoopProps } from '../../steps/wait-loop';
import type { Instance } from './preflight';

/** Parts of the quiet period. */
export interface QuietPeriod {
  /** Lets jobs on their way end, takes the pod away, and sees that nothing of the job is left. */
  readonly begin: sfn.Chain;
  /** Gives the Deployment its replicas back. */
  readonly end: sfn.Chain;
}

const RIGHTS: TaskRights = {
  ledger: ['GetItem', 'PutItem', 'DeleteItem'],
  states: ['DescribeExecution'],
};

export function quietPeriod(scope: Construct, instance: Instance): QuietPeriod {
  const quiet = new Construct(scope, 'QuietPeriod');
  const before = loop(quiet, 'JobsBefore', instance, 'before', {
    step: 'jobsBefore',
    act: 'Wait for regular jobs on their way',
    question: 'Regular jobs through?',
    done: 'No regular job is on its way',
    comment:
      'Waits until no tenant of the instance has a job that has begun and not ended, two hours at most; cancels nothing. ' +
      'On redrive: looks again, and waits as long again',
  });
  const stop = new Quiesce(quiet, 'Stop', {
    step: 'quiet',
    act: 'Take the pod of the regular job away',
    question: 'Pod taken away?',
    done: 'No regular job begins',
    things: instance.job,
  });
  const after = loop(quiet, 'JobsAfter', instance, 'after', {
    step: 'jobsAfter',
    act: 'Look for what regular jobs have left',
    question: 'Nothing of a regular job left?',
    done: 'The instance is quiet',
    comment:
      'Refuses a job that died in the middle, and waits for sessions in Redshift to end, ten minutes at most. ' +
      'On redrive: looks again',
  });
  const restore = new RestoreQuiesced(quiet, 'Restore', {
    act: 'Give the regular job its pod back',
    question: 'Pod given back?',
    done: 'The regular job is as before the run',
  });
  return {
    begin: sfn.Chain.start(before).next(stop).next(after),
    end: sfn.Chain.start(restore),
  };
}

/** For a tenant's child, right before its rows are swapped: throws unless it is still quiet. */
export function assertQuiet(scope: Construct, instance: Instance): sfn.Chain {
  const still = loop(scope, 'StillQuiet', instance, 'assert', {
    step: 'stillQuiet',
    act: 'Assert that no regular job has run',
    question: 'Asserted to the end?',
    done: 'No regular job has run since the mark',
    inItem: true,
    comment:
      'Reads the Deployment and the newest row of table migrate; one that is newer than the high-water mark is named. ' +
      'On redrive: looks again; after a job that ran it throws again, and a new run with continueRun is needed',
  });
  return sfn.Chain.start(still);
}

function loop(
  scope: Construct,
  id: string,
  { target, source, warehouse, job }: Instance,
  phase: AwaitPhase,
  props: Omit<WaitLoopProps, 'task' | 'payload'>,
): WaitLoop {
  const task = Platform.of(scope).task('await-migrate', { ...RIGHTS, vpc: source.vpc });
  source.grant(task);
  warehouse.grantStatements(task);
  job.grant(task, 'hold');
  return new WaitLoop(scope, id, {
    ...props,
    task,
    payload: {
      step: props.step,
      phase,
      source: source.ref,
      warehouse: warehouse.target,
      tenants: phase === 'assert' ? '{% [$states.input.value] %}' : tenantsOf(target),
      things: job.render(scope),
    },
  });
}
