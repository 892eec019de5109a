// S0 of the guide: nothing is changed before a backup of ClickHouse, of Superset's database and of config.yml
// is proven, whoever has taken it.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BackUpClickHousePayload } from '../../../lambdas/back-up-clickhouse/payload';
import type { PayloadOf } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import { holdIngestion, resumeIngestion } from './ingestion';
import type { Installation } from './installation';

const INPUT = '$states.input.input';

/** Takes the backup, or asks for it, and proves it either way. */
export function backUp(scope: Construct, installation: Installation): sfn.Chain {
  const whose = sfn.Choice.jsonata(scope, 'Does this run take the backup?', {
    comment: 'The input says so, or that people take it. On redrive: asks again',
  });
  const taken = takeBackup(scope, installation);
  const ask = new ManualGate(scope, 'Backup', {
    gate: 'backup',
    question:
      `{% 'Take a backup now, newer than this run, while nothing writes to ClickHouse: (1) of its databases, named ' & ${INPUT}.backup.clickhouseBackup & ` +
      `'; (2) of the database of Superset and (3) of ${installation.tutorRoot}/config.yml, both in ' & ${INPUT}.backup.folder & ` +
      "' as superset.sql or superset.sql.gz and config.yml. Approve when it is complete: it is looked at before anything is changed' %}",
    approve: {
      clickhouseBackup: `{% ${INPUT}.backup.clickhouseBackup %}`,
      folder: `{% ${INPUT}.backup.folder %}`,
    },
  });
  const proven = sfn.Pass.jsonata(scope, 'The backup is proven', {
    comment: 'From here on things are changed. On redrive: is not run again',
  });
  whose
    .when(sfn.Condition.jsonata(`{% ${INPUT}.backup.method = 'native' %}`), taken.startState)
    .otherwise(ask.startState);
  taken.next(proven);
  ask.next(confirmed(scope, installation)).next(proven);
  return sfn.Chain.custom(whose, [proven], proven);
}

function takeBackup(scope: Construct, installation: Installation): sfn.Chain {
  const hold = holdIngestion(scope, installation, 'backup');
  const database = new WaitLoop(scope, 'TakeClickHouse', {
    step: 'backup',
    act: 'Back up ClickHouse',
    question: 'Is the backup of ClickHouse complete?',
    done: 'ClickHouse is backed up',
    task: installation.task('back-up-clickhouse'),
    payload: {
      ...installation.members,
      destination: installation.backupTo,
      taken: true,
      backupId: '{% $states.input.run.id %}',
      notBefore: '{% $states.context.Execution.StartTime %}',
    } satisfies PayloadOf<BackUpClickHousePayload>,
    comment:
      'Has ClickHouse copy its databases, follows that to its end, and looks at what was written. ' +
      'On redrive: finds the one that runs or is complete, otherwise takes another',
  });
  const files = installation.command(scope, 'BackUpFiles', {
    act: 'Back up Superset and config.yml',
    step: 'files',
    script: 'backup-files',
    environment: { BACKUP_ID: '{% $states.input.run.id %}', FOLDER: '' },
    hours: 4,
    comment:
      'Dumps the database of Superset and copies config.yml on the host, readable for its user alone, and compares their sums. ' +
      'On redrive: takes them again, unless they are whole',
  });
  return hold.next(database).next(files).next(resumeIngestion(scope, installation, 'backup'));
}

function confirmed(scope: Construct, installation: Installation): sfn.Chain {
  const database = new WaitLoop(scope, 'ConfirmClickHouse', {
    step: 'backup',
    act: 'Look at the backup of ClickHouse',
    question: 'Has the backup of ClickHouse been looked at?',
    done: 'The backup of ClickHouse is there',
    task: installation.task('back-up-clickhouse'),
    payload: {
      ...installation.members,
      destination: installation.backupTo,
      taken: false,
      backupId: `{% ${INPUT}.backup.clickhouseBackup %}`,
      notBefore: '{% $states.context.Execution.StartTime %}',
    } satisfies PayloadOf<BackUpClickHousePayload>,
    comment:
      'Refuses a backup that is not complete, or older than this run. On redrive: looks again',
  });
  const files = installation.inspection(scope, 'ConfirmFiles', {
    act: 'Look at the backup of Superset and config.yml',
    step: 'files',
    script: 'backup-files',
    environment: {
      BACKUP_ID: '{% $states.input.run.id %}',
      FOLDER: `{% ${INPUT}.backup.folder %}`,
      NOT_BEFORE: '{% $states.context.Execution.StartTime %}',
    },
    comment:
      'Refuses files that are empty, cut off, or older than this run. On redrive: looks again',
  });
  return database.next(files);
}
