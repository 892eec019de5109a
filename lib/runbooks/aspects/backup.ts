// S0 of the guide: nothing is changed before a backup of ClickHouse, of Superset's database and of config.yml
// is proven, whoever has taken it.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BackUpClickHousePayload } from '../../../lambdas/back-up-clickhouse/payload';
import type { NoteBackupPayload } from '../../../lambdas/note-backup/payload';
import { Platform } from '../../platform/platform';
import { type PayloadOf, taskState } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import { holdIngestion, resumeIngestion } from './ingestion';
import type { Installation } from './installation';

const GIVEN = '$states.input.input.backup';
const RUN = '{% $states.input.run.id %}';

/** Takes the backup, or asks for it, and proves it either way. */
export function backUp(scope: Construct, installation: Installation): sfn.Chain {
  const whose = sfn.Choice.jsonata(scope, 'Who takes the backup?', {
    comment:
      'This run, or people at a gate; nobody when it is proven already. On redrive: asks again',
  });
  const taken = takeBackup(scope, installation);
  const asked = askForBackup(scope, installation);
  const proven = sfn.Pass.jsonata(scope, 'The backup is proven', {
    comment: 'From here on things are changed. On redrive: is not run again',
  });
  whose
    .when(sfn.Condition.jsonata('{% $states.input.found.backedUp %}'), proven)
    .when(sfn.Condition.jsonata(`{% ${GIVEN}.method = 'native' %}`), taken.startState)
    .otherwise(asked.startState);
  taken.next(proven);
  asked.next(proven);
  return sfn.Chain.custom(whose, [proven], proven);
}

function takeBackup(scope: Construct, installation: Installation): sfn.Chain {
  const files = installation.command(scope, 'BackUpFiles', {
    act: 'Back up Superset and config.yml',
    step: 'files',
    script: 'backup-files',
    environment: { FOLDER: installation.backupFolder, BACKUP_ID: RUN },
    question: 'Are Superset and config.yml backed up?',
    done: 'Superset and config.yml are backed up',
    hours: 4,
  });
  return holdIngestion(scope, installation, 'Backup')
    .next(followBackup(scope, installation, true))
    .next(files)
    .next(
      note(scope, 'Note where this backup is', {
        folder: installation.backupFolder,
        files: RUN,
        id: RUN,
      }),
    )
    .next(resumeIngestion(scope, installation, 'Backup'));
}

function askForBackup(scope: Construct, installation: Installation): sfn.Chain {
  const ask = new ManualGate(scope, 'Ask', {
    gate: 'backup',
    question:
      `{% 'Take a backup now, while nothing writes to ClickHouse: (1) of its databases, by the name ' & ${GIVEN}.clickhouseBackup & ` +
      `'; (2) in ' & ${GIVEN}.folder & ' on the host: the database of Superset as superset.sql.gz, ${installation.target.host.tutorRoot}/config.yml, ` +
      "and their sums by sha256sum as sums.txt. Approve when it is complete: it is looked at, and one older than this run is refused' %}",
    approve: {
      clickhouseBackup: `{% ${GIVEN}.clickhouseBackup %}`,
      folder: `{% ${GIVEN}.folder %}`,
    },
  });
  const files = installation.inspection(scope, 'LookAtFiles', {
    act: 'Look at the copies of Superset and config.yml',
    step: 'copies',
    script: 'backup-files',
    environment: {
      FOLDER: `{% ${GIVEN}.folder %}`,
      BACKUP_ID: '.',
      // Another age is another look: a redrive never believes an earlier one.
      MAX_AGE:
        '{% $floor(($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)) / 1000) %}',
    },
    question: 'Have the copies been looked at?',
    done: 'The copies of Superset and config.yml are whole',
  });
  return ask
    .next(followBackup(scope, installation, false))
    .next(files)
    .next(
      note(scope, 'Note where that backup is', {
        id: `{% ${GIVEN}.clickhouseBackup %}`,
        folder: `{% ${GIVEN}.folder %}`,
        files: '.',
      }),
    );
}

/** ClickHouse's part: taken and followed, or only looked at. */
const followBackup = (scope: Construct, installation: Installation, taken: boolean): WaitLoop =>
  new WaitLoop(scope, taken ? 'TakeBackup' : 'LookAtBackup', {
    step: taken ? 'backup' : 'confirmed',
    act: taken ? 'Back up ClickHouse' : 'Look at the backup of ClickHouse',
    question: taken ? 'Is ClickHouse backed up?' : 'Has the backup of ClickHouse been looked at?',
    done: taken ? 'ClickHouse is backed up' : 'The backup of ClickHouse is whole',
    task: installation.task('back-up-clickhouse'),
    payload: {
      ...installation.members,
      destination: installation.backupTo,
      taken,
      backupId: taken ? RUN : `{% ${GIVEN}.clickhouseBackup %}`,
      notBefore: '{% $states.context.Execution.StartTime %}',
    } satisfies PayloadOf<BackUpClickHousePayload>,
    comment: taken
      ? 'Has ClickHouse copy its databases, follows that to its end, and looks at what was written. ' +
        'On redrive: finds the one that runs or is complete, otherwise takes another'
      : 'Refuses a backup that is not complete, or older than this run. On redrive: looks again',
  });

const note = (
  scope: Construct,
  id: string,
  payload: { readonly id: string; readonly folder: string; readonly files: string },
) =>
  taskState(scope, id, {
    task: Platform.of(scope).task('note-backup', { ledger: ['GetItem', 'PutItem'] }),
    payload: { ...payload } satisfies PayloadOf<NoteBackupPayload>,
    comment:
      'Writes down the place of what was proven, for the way back. On redrive: keeps what is written down',
  });
