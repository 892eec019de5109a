// The application writes to the new table from here on: a person deploys the setting, the data prove it.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AwaitWritesPayload } from '../../../lambdas/await-writes/payload';
import type { PayloadOf } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import type { History } from './history';
import { checkOffset } from './prepare';

/** Asks for the deployment, and waits until the old table has stood still for the settling time. */
export function switchWrites(scope: Construct, history: History): sfn.Chain {
  const ask = new ManualGate(scope, 'SwitchWrites', {
    gate: 'switch-writes',
    // What was proven before a copy of days, or before an answer of days, may have passed.
    look: {
      states: (gate) =>
        checkOffset(gate, history, 'Prove the first id before writes move', {
          approved: null,
          comment:
            'Right before it is asked: sees that the next id of the new table is far enough above the old ones for as long ' +
            'as the gate waits, or moves it up while nothing live is there. On redrive: proves it again',
        }),
      redriveCount: '{% $states.input.offset.redriveCount %}',
    },
    question: '{% $states.input.offset.question %}',
    approve: {
      from: history.nameOf('source'),
      to: history.nameOf('target'),
      cut: '{% $states.input.offset.cut %}',
    },
    act: (gate) =>
      checkOffset(gate, history, 'Prove the first id that was approved', {
        approved: '{% $states.input.approval.hash %}',
        comment:
          'Says so when it had to be moved while the gate waited. On redrive: proves it again',
      }),
    changed: "$states.input.offset.status = 'changed'",
  });
  const settled = new WaitLoop(scope, 'Settled', {
    step: 'writes',
    act: 'Wait until only the new table grows',
    question: 'Have all writes moved?',
    done: 'All writes go to the new table',
    task: history.adminTask('await-writes'),
    payload: {
      ...history.adminMembers,
      settleMinutes: '{% $states.input.input.settleMinutes %}',
    } satisfies PayloadOf<AwaitWritesPayload>,
    comment:
      'Waits until the old table has had no new row for the settling time and, where its server lets the user ask, none ' +
      'that is not committed, while the new one grows. On redrive: counts on from when the old table came to rest, and is ' +
      'patient anew',
  });
  return ask.next(settled);
}
