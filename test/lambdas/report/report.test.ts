import { runKey } from '../../../lambdas/shared/ledger';
import { toHtml } from '../../../lambdas/shared/report/html';
import { toMarkdown } from '../../../lambdas/shared/report/markdown';
import { type BatchRecord, type Report, readReport } from '../../../lambdas/shared/report/model';
import { lanesOf } from '../../../lambdas/shared/report/timeline';
import { startLedger } from '../../support/ledger';
import { executionArn, openedRun } from '../../support/runs';

const batch = (title: string, minute: number, change: Partial<BatchRecord> = {}): BatchRecord => ({
  step: 'events',
  item: 'shop',
  title,
  attempt: 1,
  status: 'done',
  startedAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  endedAt: `2026-01-01T00:${String(minute + 5).padStart(2, '0')}:00.000Z`,
  rows: 100,
  seconds: 299.6,
  ...change,
});

let db: Awaited<ReturnType<typeof startLedger>>;
let report: Report;
beforeAll(async () => {
  db = await startLedger();
  const run = await openedRun(db.ledger, { earlierArns: [executionArn('before')] });
  const put = (sk: string, item: object) => db.ledger.put(runKey(run.runId, sk), item);
  await put(
    'batch#events#shop#000001#0001',
    batch('10 days', 10, { status: 'failed', error: 'disk | full\n<now>' }),
  );
  await put('batch#events#shop#000000#0001', batch('5 days', 0));
  await put(
    'batch#users#-#000000#0001',
    batch('users', 20, { step: 'users', item: undefined, status: 'stopped' }),
  );
  await put('check#shop#rows', {
    name: 'rows',
    item: 'shop',
    expected: '7',
    actual: '6',
    ok: false,
    at: 'x',
  });
  await put('gate#change-set', {
    name: 'change-set',
    question: 'Go?',
    hash: 'h',
    token: 'SECRET-TOKEN',
    askedAt: 'x',
    answer: 'approve',
    by: 'Ada <ada@example.com>',
  });
  await put('item#applications#shop', {
    status: 'failed',
    error: 'ProcedureFailedError',
    cause: 'logged an error',
    at: 'x',
  });
  await put('change-set#console#-#0001', {
    step: 'console',
    number: 1,
    name: 'runbook-1',
    state: 'updated',
    plan: { parameters: [{ value: 'SECRET-VALUE' }] },
  });
  await put('note#shop#loads', { text: '2 live loads failed' });
  await put('ended#2026-01-01T00:30:00.000Z', {
    executionArn: run.executionArn,
    status: 'FAILED',
    at: '2026-01-01T00:30:00.000Z',
    state: 'Settle',
    error: 'ItemsLeftError',
    cause: 'shop',
    redrivable: true,
  });
  report = await readReport(db.ledger, run);
});
afterAll(() => db.stop());

it('is rebuilt from the ledger alone, batches in the order they began', () => {
  expect(report.batches.map(({ title }) => title)).toEqual(['5 days', '10 days', 'users']);
  expect(report.checks).toMatchObject([{ name: 'rows', expected: '7', actual: '6', ok: false }]);
  expect(report.gates).toMatchObject([{ name: 'change-set', answer: 'approve' }]);
  expect(report.items).toMatchObject([{ name: 'applications#shop', status: 'failed' }]);
  expect(report.changeSets).toMatchObject([{ name: 'runbook-1', state: 'updated' }]);
  expect(report.notes).toEqual(['2 live loads failed']);
  expect(report.next[0]).toMatch(/then redrive the execution/);
});

it('contains no task token and no values of parameters, in none of its forms', () => {
  for (const text of [JSON.stringify(report), toMarkdown(report), toHtml(report)]) {
    expect(text).not.toContain('SECRET');
  }
});

it('says the same in Markdown, with cells that cannot break a table', () => {
  const text = toMarkdown(report);
  expect(text).toContain(`# clickstream-data-migration: ${report.run.runId}`);
  expect(text).toContain('## What to do next');
  expect(text).toContain(
    '| shop | events | 10 days | 1 | failed | 100 | 300 | disk \\| full <now> |',
  );
  expect(text).toContain('| shop | rows | 7 | 6 | **no** |');
  expect(text).toContain(`${executionArn('before')}> then <`);
});

it('is one HTML file without scripts or network, and what people wrote stays text', () => {
  const text = toHtml(report);
  expect(text).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
  expect(text).toContain("default-src 'none'");
  expect(text).toContain('Ada &#60;ada@example.com&#62;');
  expect(text).not.toContain('<now>');
  expect(text).toMatch(/<html lang="en">/);
  expect(text).toMatch(/role="img" aria-label="Timeline of 3 attempts/);
});

it('leaves out what a run does not have', async () => {
  const bare = await readReport(db.ledger, await openedRun(db.ledger));
  expect(toMarkdown(bare)).not.toMatch(/## (Batches|Gates|Checks|Notes)/);
  expect(toHtml(bare)).not.toMatch(/Timeline|<table>/);
});

describe('the timeline', () => {
  it('has a lane for every step of every item, and bars that stay inside', () => {
    const lanes = lanesOf(report.batches);
    expect(lanes.map(({ label }) => label)).toEqual(['shop: events', 'users']);
    for (const { left, width } of lanes.flatMap(({ bars }) => bars)) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(width).toBeGreaterThan(0);
      expect(left + width).toBeLessThanOrEqual(100.01);
    }
  });

  it('shows a run of one instant', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const [lane] = lanesOf([batch('x', 0, { startedAt: at, endedAt: at })]);
    expect(lane!.bars[0]!.width).toBeGreaterThan(0);
  });
});
