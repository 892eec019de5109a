import { runKey } from '../../../lambdas/shared/ledger';
import { copyRow } from '../../../lambdas/shared/report/copies';
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
  await put('copied#copy#range-1', {
    phase: 'copy',
    at: 'x',
    done: false,
    verifiedTo: '5000',
    lo: '1',
    hi: '9007199254740993',
    rows: '4000',
    inserted: '3990',
    bytes: String(3 * 2 ** 20),
    chunks: '8',
    rowsPerSecond: 800,
    etaSeconds: 11_100,
    etaSecondsLow: 9000,
    etaSecondsHigh: 20,
    lagSeconds: 0.4,
    paused: { nice: 12.345, lag: 3 },
    pausedNow: 'operator',
    blind: { 'history list': 'the user lacks the right PROCESS' },
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

describe('a chunked copy', () => {
  const row = (change: object = {}) => copyRow({ ...report.copies[0]!, ...change });

  it('says how far a range is, how long it takes, and why it rests', () => {
    expect(toMarkdown(report)).toContain(
      '| range-1 | copied | 1 to 9007199254740993 | 5000 | 4000 | 3990 | 3.0 | 800 | 3 h 5 min (2 h 30 min to 20 s) | ' +
        '0.4 s | nice 12 s, lag 3 s, now: operator | history list (the user lacks the right PROCESS) |',
    );
    expect(toHtml(report)).toContain('<td>1 to 9007199254740993</td>');
  });

  it.each([
    [{ done: true, phase: 'verify' }, ['compared', 'done']],
    [{ etaSeconds: null }, ['copied', 'unknown']],
    [{ etaSeconds: 20, etaSecondsHigh: null }, ['copied', '20 s']],
    [
      { etaSeconds: 600, etaSecondsLow: 540, etaSecondsHigh: 660 },
      ['copied', '10 min (9 min to 11 min)'],
    ],
  ])('with %j', (change, [work, left]) => {
    expect([row(change)[1], row(change)[8]]).toEqual([work, left]);
  });

  it('leaves cells empty where nothing is known', () => {
    expect(row({ lagSeconds: null, paused: {}, pausedNow: null, blind: {} }).slice(9)).toEqual([
      '',
      '',
      '',
    ]);
  });
});
