// The application writes to the new table from here on: a person deploys the setting, the data prove it.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AwaitWritesPayload } from '../../../lambdas/await-writes/payload';
import type { PayloadOf } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import type { History } from './history';

/** Asks for the deployment, and waits until the old table has stood still for the settling time. */
export function switchWrites(scope: Construct, history: History): sfn.Chain {
  const ask = new ManualGate(scope, 'SwitchWrites', {
    gate: 'switch-writes',
    question: '{% $states.input.offset.question %}',
    approve: {
      from: history.nameOf('source'),
      to: history.nameOf('target'),
      cut: '{% $states.input.offset.cut %}',
    },
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
      'Waits until the old table has had no new row for the settling time and no transaction that began before it is ' +
      'open, while the new one grows. On redrive: begins to count anew',
  });
  return ask.next(settled);
}
