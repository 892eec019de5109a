// Rows that reports show now must be there after the swap. One that the load does not have is explained only
// by an exam that was changed since the high-water mark: the next regular run brings or removes it.

import type { ReadWarehouse } from './deps';
import type { StagedPayload } from './payload';
import type { Source } from './source';

export interface Lost {
  /** Rows of exams that were changed since the mark. */
  readonly late: number;
  /** Rows nobody can explain, by school year. */
  readonly unexplained: Readonly<Record<string, number>>;
}

export async function lostRows(
  { tenant, high }: StagedPayload,
  read: ReadWarehouse,
  source: Source,
  ms: () => number,
): Promise<Lost> {
  const ids = { schema: tenant.reportingSchema, table: tenant.staging };
  const unexplained: Record<string, number> = {};
  let late = 0;
  for (let after = '0'; ; ) {
    const rows = await read('lost-rows', { ids, parameters: { after } });
    if (rows.length === 0) return { late, unexplained };
    const exams = rows.map(({ exam_id }) => BigInt(String(exam_id)));
    const changed = await source.rows('mysql-late-exams', { high, exams }, ms());
    const explained = new Set(changed.map(({ id }) => String(id)));
    for (const { exam_id, school_year, n } of rows) {
      const year = String(school_year);
      if (explained.has(String(exam_id))) late += Number(n);
      else unexplained[year] = (unexplained[year] ?? 0) + Number(n);
    }
    after = String(rows.at(-1)!.exam_id);
  }
}
