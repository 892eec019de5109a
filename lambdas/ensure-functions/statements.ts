// Statements that change a function: each has an intent in the ledger before it and its end after it.
// An intent without an end is settled before anything else is done with that function.

import { createHash } from 'node:crypto';
import { iso } from '../shared/clock';
import { StatementStoppedError, UndecidedStatementError } from '../shared/errors';
import { nameOf, prefixOf } from '../shared/read';
import { renderStatement, type StatementTemplate } from '../shared/sql';
import { sqlHash } from '../shared/sql-files';
import type { Work } from './work';

const HOUR = 3_600_000;
/** ClientToken lives 8 hours (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html); half an hour for clocks that differ. */
const TOKEN_LIFE_MS = 7.5 * HOUR;
/** Nothing runs for longer (https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html). */
const LONGEST_STATEMENT_MS = 24.5 * HOUR;
const SECONDS = 90;

interface Act {
  readonly number: number;
  readonly template: StatementTemplate;
  readonly intentAt: number;
  readonly end?: string;
  readonly error?: string;
}

/** Runs one statement to its end; throws StatementStoppedError with the warehouse's own words. */
export async function change(work: Work, fn: string, template: StatementTemplate): Promise<void> {
  const { deps } = work;
  const last = await deps.ledger.get<Act>(work.key('function-act', fn));
  await work.mayAct();
  const act: Act = { number: (last?.number ?? 0) + 1, template, intentAt: deps.clock.now() };
  await deps.ledger.put(work.key('function-act', fn), { ...act, hash: sqlHash(template.sql) });
  const error = await submit(work, fn, act);
  if (error !== undefined) {
    throw new StatementStoppedError(`${nameOf(template.sql)} of ${fn} failed: ${error}`);
  }
}

/** Whether this is what was done last to a function, with success. */
export async function wasLast(
  work: Work,
  fn: string,
  { sql }: StatementTemplate,
): Promise<boolean> {
  const last = await work.deps.ledger.get<Act>(work.key('function-act', fn));
  return last?.end === 'finished' && nameOf(last.template.sql) === nameOf(sql);
}

/** What became of a statement whose worker has died: waited for by its token, or cancelled by its name. */
export async function settle(work: Work, fn: string): Promise<void> {
  const { deps } = work;
  const last = await deps.ledger.get<Act>(work.key('function-act', fn));
  const age = deps.clock.now() - (last?.intentAt ?? 0);
  if (!last || last.end !== undefined || age > LONGEST_STATEMENT_MS) return;
  await work.mayAct();
  if (age < TOKEN_LIFE_MS) {
    // It starts the statement once, whether the first call got through or not: the catalog tells what it did.
    await submit(work, fn, last);
    return;
  }
  const running = await work.definer.find(identity(work, fn, last).name, true);
  if (running === 'denied') {
    throw new UndecidedStatementError(
      `nothing can tell whether ${nameOf(last.template.sql)} of ${fn} still runs: grant redshift-data:ListStatements on the role, ` +
        `or redrive after ${iso(last.intentAt + LONGEST_STATEMENT_MS)}`,
    );
  }
  for (const id of running) await work.definer.cancel(id);
  await noteEnd(work, fn, last, running.length > 0 ? 'cancelled' : 'over');
}

/** The error of a statement that failed; the end is in the ledger in any case. */
async function submit(work: Work, fn: string, act: Act): Promise<string | undefined> {
  const { name, token, path } = identity(work, fn, act);
  const { sql, ...values } = act.template;
  const statement = renderStatement(work.deps.sqlText(sql), values, path);
  const end = await work.definer.run(statement, name, token, SECONDS, () => work.running());
  const error = end.state === 'failed' ? (end.error ?? 'no reason given') : undefined;
  await noteEnd(work, fn, act, end.state, error);
  return error;
}

const noteEnd = (work: Work, fn: string, act: Act, end: string, error?: string) =>
  work.deps.ledger.put(work.key('function-act', fn), {
    ...act,
    hash: sqlHash(act.template.sql),
    end,
    error,
  });

/** The same for the same act, so that it is found again; cancelled with the run's readings after a stop. */
function identity({ payload }: Work, fn: string, { number, template }: Act) {
  const { runId, step, item } = payload;
  const path = [runId, step, item?.key ?? '-', fn, nameOf(template.sql), String(number)];
  const name = `${prefixOf(runId)}${path.slice(1).join(':')};`;
  return { path, name, token: createHash('sha256').update(path.join('\n')).digest('hex') };
}
