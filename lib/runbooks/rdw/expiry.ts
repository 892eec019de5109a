// What becomes of a run's objects in S3: rows of students are in the extract and in the backup.
//
//   keepObjectsDays = 0: the run itself deletes them at its end, and nothing can be restored any more
//   else: it starts <stack>-object-expiry, which waits until then and deletes them

import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { consoleLink } from '../../../lambdas/shared/inputs/links';
import type { RdwTarget } from '../../../lambdas/shared/inputs/target';
import { alarm } from '../../platform/alarms';
import { allow } from '../../platform/allow';
import { RunbookDashboard } from '../../platform/dashboard';
import { Machine } from '../../platform/machine';
import { OperatorPolicy } from '../../platform/operator-policy';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import type { TaskRights } from '../../platform/task-rights';
import { addResult, EXECUTION_CALLER, taskState } from '../../platform/task-state';
import { WaitLoop } from '../../steps/wait-loop';
import { grantDeletion, runFolders } from './run-folders';

const ID = 'ObjectExpiry';
const NAME = 'object-expiry';

const RIGHTS = {
  'delete-objects': { ledger: ['GetItem', 'PutItem'], states: ['DescribeExecution'] },
  'start-expiry': { ledger: ['GetItem', 'PutItem'], timeout: Duration.minutes(2) },
} satisfies Record<string, TaskRights>;

/** The machine `<stack>-object-expiry`: waits until the objects of a run may go, and deletes them. */
export class ObjectExpiry extends Construct {
  /** The stack's machine; made when the first part asks for it. */
  static of(scope: IConstruct, target: RdwTarget): ObjectExpiry {
    const stack = Stack.of(scope);
    return (
      (stack.node.tryFindChild(ID) as ObjectExpiry | undefined) ?? new ObjectExpiry(stack, target)
    );
  }

  readonly machine: Machine;
  /** Deletes. */
  readonly deletion: TaskFunction;
  /** Starts this machine. */
  readonly start: TaskFunction;

  private constructor(scope: Construct, target: RdwTarget) {
    super(scope, ID);
    const platform = Platform.of(this);
    this.deletion = platform.task('delete-objects', RIGHTS['delete-objects']);
    this.start = platform.task('start-expiry', RIGHTS['start-expiry']);
    this.machine = new Machine(this, 'Machine', {
      name: NAME,
      comment:
        'Deletes the objects of a run: {"run": "run-…", "at": "2026-02-07T09:00:00Z", "folders": [{"bucket", "folder"}]}',
      definition: this.states(),
    });
    const { arns } = this.machine;
    const reason = 'Executions get their names when they start; the machine is named.';
    for (const task of [this.deletion, this.start]) {
      allow(task, ['states:DescribeExecution'], [arns.executions], reason);
    }
    allow(this.start, ['states:StartExecution'], [arns.machine]);
    grantDeletion(this.deletion, target);
    this.watch();
  }

  private states(): sfn.Chain {
    const check = taskState(this, 'Check what will be deleted', {
      task: this.deletion,
      caller: EXECUTION_CALLER,
      payload: { input: '{% $states.input %}', countOnly: true },
      comment: 'Refuses bad input, and folders that are not of that run. On redrive: checks again',
    });
    const wait = sfn.Wait.jsonata(this, 'Wait until the objects may go', {
      time: sfn.WaitTime.timestamp('{% $states.input.at %}'),
      outputs: { order: '{% $states.input %}' },
      comment: 'Waits until the appointed time. On redrive: goes on when the time is over',
    });
    const remove = taskState(this, 'Delete the objects', {
      task: this.deletion,
      caller: EXECUTION_CALLER,
      payload: { input: '{% $states.input.order %}', countOnly: false },
      outputs: addResult('deleted'),
      comment:
        'Deletes every version, unless the run is not over or a run brings its backup back. On redrive: deletes what is left',
    });
    const through = sfn.Choice.jsonata(this, 'All objects deleted?', {
      comment: 'Leads back while it goes on. On redrive: asks again',
    });
    const done = sfn.Succeed.jsonata(this, 'No object is left', {
      outputs: '{% $states.input.deleted %}',
      comment: 'Ends with the counts. On redrive: is not run again',
    });
    const running = sfn.Condition.jsonata("{% $states.input.deleted.status = 'running' %}");
    through.when(running, remove).otherwise(done);
    return sfn.Chain.start(check).next(wait).next(remove).next(through);
  }

  /** It works long after everybody has gone home: whatever keeps it from deleting is an alarm. */
  private watch(): void {
    const { stateMachine, arns } = this.machine;
    const period = { period: Duration.minutes(1) };
    const description = 'objects of a run, with rows of students, are still in S3';
    alarm(this, 'Failed', stateMachine.metricFailed(period), {
      description: `An execution of ${arns.name} failed: ${description}`,
    });
    alarm(this, 'Aborted', stateMachine.metricAborted(period), {
      description: `An execution of ${arns.name} was stopped: ${description}`,
    });
    RunbookDashboard.of(this)?.show(this.machine);
    OperatorPolicy.of(this).addHelper(arns);
    new CfnOutput(this, 'Console', {
      description: `Delete the objects of a run by starting ${arns.name}`,
      value: consoleLink(arns.machine),
    });
  }
}

/** Properties of {@link expireObjects}. */
export interface ExpireObjectsProps {
  readonly target: RdwTarget;
}

/** The end of a run's objects: at once, or on the day the input says. Not for a dry run. */
export function expireObjects(scope: Construct, { target }: ExpireObjectsProps): sfn.Chain {
  const expiry = ObjectExpiry.of(scope, target);
  const folders = runFolders(target);
  const kept = sfn.Choice.jsonata(scope, 'Are the objects kept for some days?', {
    comment: 'The input says for how many. On redrive: asks again',
  });
  const appoint = taskState(scope, 'Appoint the end of the objects', {
    task: expiry.start,
    payload: {
      machineArn: expiry.machine.arns.machine,
      keepDays: '{% $states.input.input.keepObjectsDays %}',
      folders,
    },
    outputs: addResult('expiry'),
    comment:
      'Starts an execution that waits and deletes them. On redrive: finds the one that waits already',
  });
  const remove = new WaitLoop(scope, 'DeleteObjects', {
    step: 'deleted',
    act: 'Delete the objects of the run',
    question: 'All objects of the run deleted?',
    done: 'No object of the run is left',
    task: expiry.deletion,
    payload: { folders },
    comment:
      'Deletes every version of the extract and the backup. On redrive: deletes what is left',
  });
  const done = sfn.Pass.jsonata(scope, 'The end of the objects is settled', {
    comment: 'They are gone, or go at the appointed time. On redrive: is not run again',
  });
  kept
    .when(sfn.Condition.jsonata('{% $states.input.input.keepObjectsDays > 0 %}'), appoint)
    .otherwise(remove.startState);
  appoint.next(done);
  remove.next(done);
  return sfn.Chain.custom(kept, [done], done);
}
