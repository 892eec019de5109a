// The last step of the guide: people read the new table alone, or both from now on.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ManualGate } from '../../steps/manual-gate';
import type { History } from './history';

const FEATURES = {
  ENABLE_CSMH_EXTENDED: true,
  ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES: false,
};

const TO_DO =
  `Deploy to LMS, Studio and all workers, in lms.yml and studio.yml:\\n${JSON.stringify({ FEATURES })}\\n` +
  'Until then staff see every copied row twice in the submission history. There is no setting READ_ONLY_FROM_CSMHE. ' +
  'Approve when it is deployed and the submission history of a learner is complete and has no row twice. ' +
  'The way back is to set ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES true again';

/** Asks for the deployment, unless both tables are kept. */
export function flipReads(scope: Construct, history: History): sfn.Chain {
  const asked = sfn.Choice.jsonata(scope, 'Is only the new table read?', {
    comment: 'The input says so, or that both are kept. On redrive: asks again',
  });
  const ask = new ManualGate(scope, 'FlipReads', {
    gate: 'flip-reads',
    question:
      `{% 'All rows of ${history.nameOf('source')}' & ($type($states.input.catchUp.hi) = 'string' ? ` +
      `' up to id ' & $states.input.catchUp.hi : '') & ' are in ${history.nameOf('target')} and compared. ${TO_DO}' %}`,
    approve: {
      from: history.nameOf('source'),
      to: history.nameOf('target'),
      hi: '{% $states.input.catchUp.hi %}',
    },
  });
  const both = sfn.Pass.jsonata(scope, 'Both tables stay readable', {
    comment:
      'Rows that are copied are shown twice as long as both are read. On redrive: is not run again',
  });
  asked
    .when(sfn.Condition.jsonata("{% $states.input.input.readFrom = 'both' %}"), both)
    .otherwise(ask.startState);
  return sfn.Chain.custom(asked, [...ask.endStates, both], ask);
}
