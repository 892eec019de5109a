// Whether the data model in the database is the one that the installed plugin would have made.

import { ALEMBIC_HEADS, generationOfDbt } from '../../shared/aspects/relations';
import type { Seen } from './look';
import type { ReleasePair } from './seen';

const isKnown = (revision: string): boolean =>
  (ALEMBIC_HEADS as readonly string[]).includes(revision);

export function modelFindings({ installed }: Seen, payload: ReleasePair): string[] {
  const { alembic, generation, models } = installed;
  const expected = generationOfDbt(payload.installed.dbt);
  const found: string[] = [];
  if (alembic === null) {
    found.push(
      'there is no revision of Alembic in the database: Aspects was never initialised here, or these are not its databases',
    );
  } else if (!isKnown(alembic) && alembic !== payload.installed.alembic) {
    found.push(
      `revision ${alembic} of Alembic is none that a release has; allowed are ${ALEMBIC_HEADS.join(', ')}: finish or repair the last init`,
    );
  } else if (alembic !== payload.installed.alembic) {
    found.push(
      `revision of Alembic is ${alembic}, and that of the installed plugin ${payload.installed.alembic}: run its init to the end, or install the plugin that made the database`,
    );
  }
  if (generation !== null && generation !== expected) {
    found.push(
      `dbt's stored state has models of ${generation}, and the installed plugin ${payload.installed.dbt} those of ${expected}: the last init did not end, or DBT_BRANCH is set in config.yml`,
    );
  }
  if (generation === null && models.length > 0) {
    found.push(
      `dbt's stored state has ${models.length} models and none by which releases are told: this is not the project of Aspects`,
    );
  }
  return found;
}

export function modelNotes({ installed }: Seen, payload: ReleasePair): string[] {
  if (installed.manifest !== null) return [];
  return [
    `no state of dbt is stored, as in 1.0.x (the installed models are ${payload.installed.dbt}): the first init builds every model`,
  ];
}
