// The machine `aspects-rollback`: everything as it was when the upgrade's backup was taken. The order matters:
// the old plugin's Alembic does not know the newer revision, so that goes down first.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ReadUpgradePayload } from '../../../lambdas/read-upgrade/payload';
import type { RestoreClickHousePayload } from '../../../lambdas/restore-clickhouse/payload';
import type { TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { addResult, type PayloadOf, taskState } from '../../platform/task-state';
import type { HostInspection } from '../../steps/host-command';
import { ManualGate } from '../../steps/manual-gate';
import { WaitLoop } from '../../steps/wait-loop';
import { checkThenWork } from '../check-then-work';
import { buildVersion, type VersionPlace } from './build';
import { heldServices, holdIngestion, resumeIngestion } from './ingestion';
import { initialiseAndProve } from './initialise';
import { Installation } from './installation';
import { readBackup } from './read-backup';
import { replay, smoke } from './smoke';
import { inputTarget } from './upgrade';

const FOUND = '$states.input.found';
const GATE = 'take-back';
/** Where the copies of files are. */
const COPIES = {
  FOLDER: `{% ${FOUND}.backup.folder %}`,
  BACKUP_ID: `{% ${FOUND}.backup.files %}`,
};
const BACK: VersionPlace = { facts: FOUND, hours: '$states.input.input', inItem: false };

/** Adds the machine `<stack>-rollback`. */
export const addRollback = (
  scope: Construct,
  { aspects: target, tracing }: TargetWith<'aspects'>,
): RunbookMachine =>
  new RunbookMachine(scope, 'Rollback', {
    name: 'rollback',
    runbook: 'aspects-rollback',
    comment: 'Takes an upgrade of Open edX Aspects back: databases, settings, plugin',
    schema: 'aspects-rollback',
    target: inputTarget(target),
    tracing,
    docs: 'docs/runbooks/aspects.md',
    body: (body) => rollBack(body, new Installation(body, target)),
  });

function rollBack(scope: Construct, installation: Installation): sfn.Chain {
  const read = taskState(scope, 'Read what the upgrade has left', {
    task: installation.taskOnHost('read-upgrade'),
    payload: {
      ...installation.members,
      host: installation.host,
      mode: installation.target.mode,
      upgradeOf: '{% $states.input.input.upgradeOf %}',
      dryRun: '{% $states.input.input.dryRun %}',
    } satisfies PayloadOf<ReadUpgradePayload>,
    outputs: addResult('found'),
    comment:
      'Looks for the proven backup of that run and at the host, and decides the way back; changes nothing. On redrive: looks again',
  });
  const ask = new ManualGate(scope, 'TakeBack', {
    gate: GATE,
    question: `{% ${FOUND}.question %}`,
    approve: { restore: `{% ${FOUND}.backup.id %}` },
  });
  return checkThenWork(scope, {
    check: read,
    plan: { found: `{% ${FOUND} %}` },
    work: ask
      .next(lookAtCopies(scope, installation))
      .next(readBackup(scope, installation))
      .next(holdIngestion(scope, installation, 'Restore'))
      .next(downgrade(scope, installation))
      .next(restore(scope, installation))
      .next(buildVersion(scope, installation, BACK))
      // New containers are a whole platform's.
      .next(holdIngestion(scope, installation, 'Work'))
      .next(initialiseAndProve(scope, installation, BACK))
      .next(resumeIngestion(scope, installation, 'Restore'))
      .next(replay(scope, installation))
      .next(smoke(scope, installation)),
  });
}

/** Before anything is taken away: without these copies the way back ends in its middle. */
const lookAtCopies = (scope: Construct, installation: Installation): HostInspection =>
  installation.inspection(scope, 'LookAtCopies', {
    act: 'Look at the copies the way back needs',
    step: 'copies',
    script: 'backup-files',
    // The upgrade, and whoever pins a setting since, have changed config.yml.
    environment: { ...COPIES, CHANGED_SINCE: 'yes' },
    question: 'Have the copies for the way back been looked at?',
    done: 'The copies the way back needs are whole',
  });

/** While the newer plugin is still there. */
function downgrade(scope: Construct, installation: Installation): sfn.Chain {
  const needed = sfn.Choice.jsonata(scope, 'Does the revision of ClickHouse go down?', {
    comment: 'Where both versions have the same it stays. On redrive: asks again',
  });
  const down = installation.command(scope, 'Downgrade', {
    act: 'Take the migrations of ClickHouse back',
    step: 'downgrade',
    script: 'alembic-downgrade',
    environment: { REVISION: `{% ${FOUND}.downgradeTo %}` },
    question: 'Are the migrations taken back?',
    done: 'The migrations are taken back',
  });
  const done = sfn.Pass.jsonata(scope, 'The revision is that of the old version', {
    comment: 'The old plugin knows it. On redrive: is not run again',
  });
  needed
    .when(sfn.Condition.jsonata(`{% $type(${FOUND}.downgradeTo) = 'string' %}`), down.startState)
    .otherwise(done);
  down.next(done);
  return sfn.Chain.custom(needed, [done], done);
}

/** ClickHouse first, then what is on the host. */
function restore(scope: Construct, installation: Installation): sfn.Chain {
  const database = new WaitLoop(scope, 'RestoreClickHouse', {
    step: 'restored',
    act: 'Restore ClickHouse',
    question: 'Is ClickHouse restored?',
    done: 'ClickHouse is as it was',
    task: installation.taskOnHost('restore-clickhouse'),
    payload: {
      ...installation.members,
      host: installation.host,
      mode: installation.target.mode,
      step: 'restored',
      place: installation.backupTo,
      backupId: `{% ${FOUND}.backup.id %}`,
      alembic: `{% ${FOUND}.alembic %}`,
      gate: GATE,
    } satisfies PayloadOf<RestoreClickHousePayload>,
    comment:
      'Puts the databases of the backup in place of those that are there, and compares relations and revision with what it has. ' +
      'On redrive: finds the restore that runs, otherwise begins anew',
  });
  const files = installation.command(scope, 'RestoreFiles', {
    act: 'Restore Superset and config.yml',
    step: 'restoreFiles',
    script: 'restore-files',
    environment: { ...COPIES, SERVICES: heldServices() },
    question: 'Are Superset and config.yml restored?',
    done: 'Superset and config.yml are as they were',
    hours: 4,
  });
  return database.next(files);
}
