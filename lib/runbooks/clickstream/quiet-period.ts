// The quiet period of the guide: no new job begins, those that run end, what they wrote is loaded, and at
// the end everything is as it was. Jobs lose nothing by this: each begins where the last one ended.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import { Quiesce, QuietThings, RestoreQuiesced } from '../../steps/quiesce';
import { WaitLoop } from '../../steps/wait-loop';
import { warehouseOf } from '../warehouse-of';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

/** Parts of the quiet period; each can stand in any machine that has the facts of the pipeline. */
export interface QuietPeriod {
  /** Stops new loads, and lets those on their way arrive. */
  readonly begin: sfn.Chain;
  /** The same once more: an upgrade writes the rules anew, and may have enabled them. */
  readonly again: sfn.Chain;
  /** Raises the capacity of the warehouse where the input asks for it. */
  readonly capacity: sfn.Chain;
  /** Gives back rules and capacity. */
  readonly end: sfn.Chain;
}

const PIPELINE = '$states.input.pipeline';
const RPUS = '$states.input.input.migration.capacityRpus';

/** States that read `pipeline` (facts) and `input.migration.capacityRpus` in the state data. */
export function quietPeriod(
  scope: Construct,
  target: Pick<ClickstreamTarget, 'pipeline' | 'warehouse'>,
): QuietPeriod {
  const quiet = new Construct(scope, 'QuietPeriod');
  const solution = new SolutionArns(quiet, target);
  const loads = (upgraded: boolean) => {
    const [id, when] = upgraded
      ? ['LoadsAfterUpgrade', ' after the upgrade']
      : ['LoadsBeforeUpgrade', ''];
    return new WaitLoop(quiet, id, {
      step: upgraded ? 'loadsAfter' : 'loadsBefore',
      act: `Wait for loads on their way${when}`,
      question: `Loads through${when}?`,
      done: `No load is on its way${when}`,
      task: awaitLoadsTask(quiet, solution),
      payload: {
        step: upgraded ? 'loadsAfter' : 'loadsBefore',
        region: solution.region,
        emrApplicationName: `{% ${PIPELINE}.emrApplicationName %}`,
        loadMachine: `{% ${PIPELINE}.machines.load %}`,
        loadFiles: `{% ${PIPELINE}.loadFiles %}`,
        upgraded,
      },
      comment:
        'Waits until no job runs in any application of the project, no load runs, and no recorded file is left; cancels nothing. ' +
        'On redrive: looks again, and waits as long again',
    });
  };
  const rules = () =>
    QuietThings.rules({
      names: `${PIPELINE}.rules`,
      region: solution.region,
      arns: [solution.rules],
      reason: GENERATED_NAMES,
    });
  const stop = new Quiesce(quiet, 'Stop', {
    step: 'quiet',
    act: 'Stop new loads',
    question: 'New loads stopped?',
    done: 'No new load begins',
    things: rules(),
  });
  const stopAgain = new Quiesce(quiet, 'StopAgain', {
    step: 'quietAgain',
    act: 'Stop new loads after the upgrade',
    question: 'New loads stopped after the upgrade?',
    done: 'No new load begins after the upgrade',
    things: rules(),
  });
  const restore = new RestoreQuiesced(quiet, 'Restore', {
    act: 'Let loads begin again',
    question: 'Loads may begin again?',
    done: 'Rules and capacity are as before the run',
  });
  return {
    begin: stop.next(loads(false)),
    again: stopAgain.next(loads(true)),
    capacity: moreCapacity(quiet, target),
    end: sfn.Chain.start(restore),
  };
}

/** Looks only: it has no right to cancel a job, whose time window would never be processed again. */
function awaitLoadsTask(scope: Construct, solution: SolutionArns) {
  const task = Platform.of(scope).task('await-loads', {
    ledger: ['GetItem', 'PutItem', 'DeleteItem'],
    states: ['DescribeExecution'],
  });
  const ids = 'Applications get their ids when they are made, a new one with each version.';
  allow(task, ['emr-serverless:ListApplications'], ['*'], 'This action knows no resource.');
  allow(task, ['emr-serverless:ListJobRuns'], [solution.emrApplications], ids);
  allow(task, ['states:ListExecutions'], [solution.machine('load')], GENERATED_NAMES);
  allow(task, ['dynamodb:Query'], solution.loadFiles, GENERATED_NAMES);
  return task;
}

function moreCapacity(
  scope: Construct,
  { warehouse }: Pick<ClickstreamTarget, 'warehouse'>,
): sfn.Chain {
  if (warehouse.type === 'provisioned') {
    return sfn.Chain.start(
      sfn.Pass.jsonata(scope, 'The cluster keeps its size', {
        comment: 'Only serverless warehouses are given more capacity. On redrive: is not run again',
      }),
    );
  }
  const wanted = sfn.Choice.jsonata(scope, 'More capacity for the migration?', {
    comment: 'Only when the input names it. On redrive: asks again',
  });
  const raise = new Quiesce(scope, 'Capacity', {
    step: 'capacity',
    act: 'Raise the capacity of the warehouse',
    question: 'Capacity raised?',
    done: 'The warehouse has the capacity it needs',
    things: QuietThings.capacity(warehouseOf(scope, warehouse), `{% ${RPUS} %}`),
  });
  const done = sfn.Pass.jsonata(scope, 'The warehouse is ready for the migration', {
    comment: 'With the capacity it had, or more. On redrive: is not run again',
  });
  wanted
    .when(sfn.Condition.jsonata(`{% $type(${RPUS}) = 'number' %}`), raise.startState)
    .otherwise(done);
  for (const end of raise.endStates) end.next(done);
  return sfn.Chain.custom(wanted, [done], done);
}
