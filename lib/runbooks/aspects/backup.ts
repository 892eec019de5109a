// S0 of the guide: nothing is changed before a backup of ClickHouse, of Superset's database and of config.yml
// is proven, whoever has taken it.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BackUpClickHousePayload } from '../../../lambdas/back-up-clickhouse/payload';
import type { ConfirmBackupPayload } from '../../../lambdas/confirm-backup/payload';
import type { NoteBackupPayload } from '../../../lambdas/note-backup/payload';
import { Platform } from '../../platform/platform';
import { type PayloadOf, taskState } from '../../platform/task-state';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import { holdIngestion, resumeIngestion } from './ingestion';
import type { Installation } from './installation';

const GIVEN = '$states.input.input.backup';
const FOLDER = `${GIVEN}.folder`;
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
  const database = new WaitLoop(scope, 'TakeBackup', {
    step: 'backup',
    act: 'Back up ClickHouse',
    question: 'Is ClickHouse backed up?',
    done: 'ClickHouse is backed up',
    task: installation.taskOnHost('back-up-clickhouse'),
    payload: {
      ...installation.members,
      host: installation.host,
      mode: installation.target.mode,
      step: 'backup',
      place: installation.backupTo,
    } satisfies PayloadOf<BackUpClickHousePayload>,
    comment:
      'Has ClickHouse copy its databases, follows that to its end, and brings it back without rows under other names. ' +
      'On redrive: finds the one that runs or is complete, otherwise takes another',
  });
  const files = installation.command(scope, 'BackUpFiles', {
    act: 'Back up Superset and config.yml',
    step: 'files',
    script: 'backup-files',
    environment: { FOLDER: installation.backupFolder, BACKUP_ID: RUN },
    question: 'Are Superset and config.yml backed up?',
    done: 'Superset and config.yml are backed up',
    hours: 4,
  });
  const place = {
    id: '{% $states.input.backup.backupId %}',
    folder: installation.backupFolder,
    files: RUN,
  };
  return holdIngestion(scope, installation, 'Backup')
    .next(database)
    .next(files)
    .next(note(scope, 'Note where this backup is', place))
    .next(resumeIngestion(scope, installation, 'Backup'));
}

/** What people call their backup: with the id of the run in it none can be older. */
const THEIRS = "'runbook-' & $states.input.run.id & '-people'";

function askForBackup(scope: Construct, installation: Installation): sfn.Chain {
  const { databases, cluster } = installation.clickhouse;
  const all = Object.values(databases).map((name) => `DATABASE ${name}`);
  const { backupTo } = installation;
  const to =
    'disk' in backupTo
      ? `"Disk('${backupTo.disk}', '" & ${THEIRS} & "')"`
      : `"S3('${backupTo.endpoint}" & ${THEIRS} & "/')"`;
  const ask = new ManualGate(scope, 'Ask', {
    gate: 'backup',
    question:
      `{% 'Take a backup now, while nothing writes to ClickHouse: (1) BACKUP ${all.join(', ')}${cluster === null ? '' : ` ON CLUSTER ${cluster}`} TO ' & ${to} & ' (delete what has that name from an earlier try: it is taken only once); (2) in ' & ${FOLDER} & ` +
      `' on the host: the database of Superset as superset.sql.gz, ${installation.target.host.tutorRoot}/config.yml, ` +
      "and their sums by sha256sum as sums.txt. Approve when it is complete: its relations are looked at, their rows are not, and one older than this run is refused' %}",
    approve: { backup: `{% ${THEIRS} %}`, folder: `{% ${FOLDER} %}` },
  });
  const database = taskState(scope, 'Look at the backup of ClickHouse', {
    task: installation.task('confirm-backup'),
    payload: {
      ...installation.members,
      place: installation.backupTo,
      backupId: `{% ${THEIRS} %}`,
    } satisfies PayloadOf<ConfirmBackupPayload>,
    comment:
      'Brings it back without rows under other names, and refuses one that is not whole or of another state. On redrive: looks again',
  });
  const files = installation.inspection(scope, 'LookAtFiles', {
    act: 'Look at the copies of Superset and config.yml',
    step: 'copies',
    script: 'backup-files',
    environment: {
      FOLDER: `{% ${FOLDER} %}`,
      BACKUP_ID: '.',
      MAX_AGE:
        '{% $floor(($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)) / 1000) %}',
    },
    question: 'Have the copies been looked at?',
    done: 'The copies of Superset and config.yml are whole',
  });
  const place = { id: `{% ${THEIRS} %}`, folder: `{% ${FOLDER} %}`, files: '.' };
  return ask
    .next(database)
    .next(files)
    .next(note(scope, 'Note where that backup is', place));
}

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
