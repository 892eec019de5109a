// The smoke test: what a report shows of a few assessments, recomputed in the warehouse before the swap and
// compared with what the report's own joins find after it.

import { NOT_SHOWN } from '../shared/rdw/compare';
import { FEW, sealedText } from '../shared/rdw/sealed';
import { instantText } from '../shared/rdw/windows';
import type { Verdict } from './checks';
import type { ReadWarehouse } from './deps';
import type { FinalPayload, StagedPayload } from './payload';
import type { Progress, Reconciled } from './reconciled';
import type { Source } from './source';

/** A group of a report, and what it must show. */
export interface SmokeGroup {
  readonly year: string;
  readonly asmt: string;
  readonly subject: string;
  /** Whether it has rows older than any before the back-fill. */
  readonly older: boolean;
  readonly shows: string;
}

const MOST_GROUPS = 5;
/** So many of them have older rows, where there are both kinds. */
const MOST_OLDER = 3;
const FOREVER = '9999-12-31 00:00:00';
const LEVELS = ['level1', 'level2', 'level3', 'level4', 'level5'];

type Row = Readonly<Record<string, unknown>>;

/**
 * Count, rounded average and levels as one line; the average is rounded here for both engines alike. What is
 * too little to be shown is sealed.
 */
export function shownOf(row: Row | undefined, salt: string): string {
  const n = BigInt(String(row?.n ?? 0));
  if (n === 0n) return 'no rows';
  const [whole = '0', fraction = ''] = String(row!.s_score).split('.');
  const units = BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, '0').slice(0, 4));
  const average = (2n * units + n * 10_000n) / (2n * n * 10_000n);
  const levels = LEVELS.map((level) => String(row![level])).join('/');
  const shown = `average ${average}, levels ${levels}`;
  return `${n} rows, ${n < FEW ? `${SEAL}${sealedText(shown, salt)}` : shown}`;
}

const SEAL = 'sealed ';

/** A line as people see it. */
const displayed = (line: string): string => line.replace(new RegExp(`${SEAL}.*`), NOT_SHOWN);

/** The instant before which rows count as older; a table that was empty had none. */
export const olderThan = (firstUpdated: unknown): string =>
  firstUpdated === null ? FOREVER : instantText(BigInt(String(firstUpdated)));

/**
 * Up to five groups with what the warehouse says of them. A group that exams changed since the high-water
 * mark have made another, or whose year Redshift lags behind in, proves nothing and is passed over.
 */
export async function smokeGroups(
  { tenant, start, high }: StagedPayload,
  { lagging, salt }: Pick<Progress, 'lagging' | 'salt'>,
  firstUpdated: unknown,
  read: ReadWarehouse,
  source: Source,
  ms: () => number,
): Promise<SmokeGroup[]> {
  const candidates = await read('smoke-groups', {
    ids: { schema: tenant.reportingSchema, table: tenant.staging },
    parameters: { previous: `${olderThan(firstUpdated)}+00` },
  });
  const usable = candidates.filter(({ school_year }) => !lagging.includes(String(school_year)));
  const old = usable.filter(({ older }) => Number(older) > 0);
  const others = usable.filter(({ older }) => Number(older) === 0);
  const inOrder = [...old.slice(0, MOST_OLDER), ...others, ...old.slice(MOST_OLDER)];
  const groups: SmokeGroup[] = [];
  for (const row of inOrder) {
    if (groups.length === MOST_GROUPS) break;
    const year = String(row.school_year);
    const asmt = String(row.asmt_id);
    const subject = String(row.subject_score_id);
    const which = { high, year: BigInt(year), asmt: BigInt(asmt) };
    const parameters = { ...which, from: start, subject: BigInt(subject) };
    const [counted] = await source.rows('mysql-smoke', parameters, ms());
    const shows = shownOf(counted, salt);
    if (shows !== shownOf(row, salt)) {
      const [changed] = await source.rows('mysql-smoke-changed', which, ms());
      if (Number(changed?.n) > 0) continue;
    }
    groups.push({ year, asmt, subject, older: Number(row.older) > 0, shows });
  }
  return groups;
}

/** What reports show of the groups now. */
export async function smokeTest(
  { tenant }: FinalPayload,
  { smoke, salt }: Pick<Reconciled, 'smoke' | 'salt'>,
  read: ReadWarehouse,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { year, asmt, subject, older, shows } of smoke) {
    const [row] = await read('smoke', {
      ids: { schema: tenant.reportingSchema },
      parameters: { year, asmt, subject },
    });
    const name = `report of ${year}, assessment ${asmt}, score ${subject}${older ? ', with older rows' : ''}`;
    const found = shownOf(row, salt);
    verdicts.push({
      key: `smoke-${year}-${asmt}-${subject}`,
      name,
      expected: displayed(shows),
      actual: displayed(found),
      ok: shows === found,
    });
  }
  return verdicts;
}
