import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ManualGate } from '../../steps/manual-gate';

const LOAD = '$states.input.plan.load';

/** Asks a person when the warehouse has other work; otherwise goes on at once. */
export function askWhenBusy(scope: Construct): sfn.Chain {
  const busy = sfn.Choice.jsonata(scope, 'Is the warehouse busy?', {
    comment:
      'Statements, queue and use of the last hour, as the check saw them. On redrive: asks again',
  });
  const gate = new ManualGate(scope, 'Busy', {
    gate: 'busy-warehouse',
    question:
      `{% 'The warehouse has other work: ' & $join([${LOAD}.reasons], '; ') & '. The migration would be slow and in its way. ' & ` +
      `'Approve to begin all the same; to begin later, refuse and redrive then: what is there then is not looked at again' %}`,
    approve: { reasons: `{% [${LOAD}.reasons] %}` },
  });
  const free = sfn.Pass.jsonata(scope, 'The work may begin', {
    comment:
      'The warehouse is free, or a person wants it all the same. On redrive: is not run again',
  });
  busy
    .when(sfn.Condition.jsonata(`{% $count(${LOAD}.reasons) > 0 %}`), gate.startState)
    .otherwise(free);
  for (const end of gate.endStates) end.next(free);
  return sfn.Chain.custom(busy, [free], free);
}
