// One window of `updated`: what the warehouse says of it, in one transaction, against what was loaded, and
// the exams that count there against those the swap will take.
//
//   equal ........................................ agrees
//   equal without exams changed since the mark ... agrees, and says how many
//   else ......................................... does not
//
// Redshift may lag behind the warehouse. Rows of which it stores no exam at all (orphans) are left out of
// what is expected of it; where even its exams differ from the warehouse's, nothing can be expected.

import { agree, type Difference, differences } from '../shared/rdw/compare';
import {
  type Column,
  EXAM_COLUMNS,
  type FactsByYear,
  factsOf,
  minus,
  plus,
  SCORE_COLUMNS,
} from '../shared/rdw/facts';
import { type Window, zoned } from '../shared/rdw/windows';
import type { ReadWarehouse } from './deps';
import type { StagedPayload } from './payload';
import type { Source } from './source';

/** What a window has shown. */
export interface Compared {
  /** The warehouse's rows, and the staged ones without those of exams that were changed since the mark. */
  readonly warehouse: FactsByYear;
  readonly staged: FactsByYear;
  /** Staged rows of exams that were changed since the mark. */
  readonly changed: FactsByYear;
  /** Rows that the swap will take, and that the warehouse expects it to take. */
  readonly joined: FactsByYear;
  readonly latest: FactsByYear;
  readonly wrong: readonly Difference[];
  readonly wrongLatest: readonly Difference[];
  /** School years in which the exams of Redshift are not those of the warehouse. */
  readonly lagging: readonly string[];
}

/** Orphans that a statement names; with more of them their years count as lagging. */
const MOST_ORPHANS = 50_000;

export async function compareWindow(
  payload: StagedPayload,
  window: Window,
  read: ReadWarehouse,
  source: Source,
  ms: () => number,
): Promise<Compared> {
  const { tenant, high } = payload;
  const subjects = tenant.subjectIds;
  const within = { from: window.from, to: window.to };
  const ids = { schema: tenant.reportingSchema, table: tenant.staging };
  const parameters = { from: zoned(window.from), to: zoned(window.to) };
  const facts = async (
    file: string,
    exams?: readonly string[],
    columns: readonly Column[] = SCORE_COLUMNS,
  ) =>
    factsOf(
      await read(file, {
        ids,
        parameters: { ...parameters, some: exams ? 1 : 0 },
        literals: { exams: { kind: 'integers', value: exams?.join(',') ?? 0 } },
      }),
      columns,
    );
  const ask = async (file: string, more: Parameters<Source['rows']>[1], columns = SCORE_COLUMNS) =>
    factsOf(await source.rows(file, { ...within, ...more }, ms()), columns);
  /** The part of a reading that belongs to exams the warehouse lists, in lists a statement can hold. */
  const part = async (list: string, file: string, columns = SCORE_COLUMNS) => {
    let sum: FactsByYear = {};
    for await (const exams of source.ids(list, { high }, ms())) {
      sum = plus(sum, await facts(file, exams, columns));
    }
    return sum;
  };

  const warehouse = await ask('mysql-facts', { subjects });
  const loaded = await facts('facts');
  const changed = agree(warehouse, loaded) ? {} : await part('mysql-changed-exams', 'facts');
  const staged = minus(loaded, changed);

  const latest = await ask('mysql-latest-facts', { high, subjects, settled: 0, without: [0] });
  const joined = await facts('joined-facts');
  const first = { warehouse, staged, changed, joined, wrong: differences(warehouse, staged) };
  if (agree(latest, joined)) return { ...first, latest, wrongLatest: [], lagging: [] };

  const orphans = (await read('orphan-exams', { ids, parameters })).map(({ id }) => String(id));
  const without =
    orphans.length === 0 || orphans.length > MOST_ORPHANS ? [0n] : orphans.map((id) => BigInt(id));
  const settled = await ask('mysql-latest-facts', { high, subjects, settled: 1, without });
  const unsettled = await part('mysql-unsettled-exams', 'joined-facts');
  const found = differences(settled, minus(joined, unsettled));
  const expected = { ...first, latest: plus(settled, unsettled) };
  if (found.length === 0) return { ...expected, wrongLatest: [], lagging: [] };

  const exams = await ask('mysql-latest-exams', { high, without }, EXAM_COLUMNS);
  const stored = minus(
    await facts('exam-facts', undefined, EXAM_COLUMNS),
    await part('mysql-unsettled-exams', 'exam-facts', EXAM_COLUMNS),
  );
  const behind = new Set(differences(exams, stored).map(({ year }) => year));
  return {
    ...expected,
    wrongLatest: found.filter(({ year }) => !behind.has(year)),
    lagging: [...new Set(found.map(({ year }) => year))].filter((year) => behind.has(year)),
  };
}
