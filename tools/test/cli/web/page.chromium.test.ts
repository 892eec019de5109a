// The page in a real browser: seen, heard, and used by keys alone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePage } from '../../../cli/web/watch-web';
import { Browser } from './browser';
import { batch, scene, time } from './scene';

let browser: Browser;
let run: Awaited<ReturnType<typeof scene>> | undefined;
beforeEach(() => {
  browser = new Browser();
});
afterEach(async () => {
  await browser.close();
  await run?.stop();
  run = undefined;
});

const shown = (url: string, look?: { dark?: boolean }) =>
  browser.open(url, look).then(() => browser.until('window.runbooks?.times.updates > 0'));
const text = (selector: string) =>
  browser.value<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`);
const click = (selector: string) =>
  browser.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
const stateOf = (name: string) =>
  browser.value<string>(
    `document.querySelector('#machine [data-state="${name}"]').getAttribute('class')`,
  );
/** Tabs on until something has the focus. */
async function tabTo(selector: string) {
  for (let i = 0; i < 60; i++) {
    if (await browser.value<boolean>(`document.activeElement.matches('${selector}')`)) return;
    await browser.press('Tab');
  }
  throw new Error(`no Tab leads to ${selector}`);
}

it('answers a gate by keys alone, asks nobody but its server, and follows the run', async () => {
  run = await scene('gate');
  const describe = run.aws.answers['states.DescribeExecution']!;
  run.aws.answers['states.DescribeExecution'] = (input, nth) => {
    const answering = String(input.executionArn).includes('prod-demo-answer');
    return { ...(describe(input, nth) as object), ...(answering && { status: 'SUCCEEDED' }) };
  };
  run.aws.answers['states.StartExecution'] = ({ name, stateMachineArn }) => {
    run!.go('running');
    const executionArn = `${String(stateMachineArn).replace('stateMachine', 'execution')}:${name}`;
    return { executionArn, startDate: 0 };
  };
  await shown(run.url);
  expect(await stateOf('May it begin?')).toBe('state s-waits');
  expect(await text('#gates')).toContain('<b>All</b> loads rest.');
  await tabTo('input[type=radio]');
  await browser.press(' ', ' ');
  await tabTo('input[name=by]');
  await browser.type('Ada');
  await tabTo('input[name=reason]');
  // Looks that come meanwhile leave the form alone.
  await browser.until('window.runbooks.times.updates > 2');
  await browser.type('all rest');
  await browser.press('Enter', '\r');
  await browser.until(
    `document.querySelector('[data-state="May it begin?"]').matches('.s-succeeded')`,
  );
  expect(await stateOf('Run event batches')).toBe('state s-running');
  const [{ input }] = run.aws.named('states.StartExecution') as never as [{ input: string }];
  expect(JSON.parse(input)).toMatchObject({ answer: 'approve', by: 'Ada', askedAt: time(1) });
  expect(
    browser.requests.filter((url) => !url.startsWith(run!.url) && !/^about:|favicon/.test(url)),
  ).toEqual([]);
  expect(browser.errors.filter((one) => !one.includes('favicon'))).toEqual([]);
});

it('shows the plan of a redrive, does nothing on a second Enter, and redrives when it is told to', async () => {
  run = await scene('failed');
  run.aws.answers['states.RedriveExecution'] = () => {
    run!.go('running');
    return { redriveDate: 0 };
  };
  await shown(run.url);
  expect(await text('#failed')).toContain('shop: no disk');
  await tabTo('#redrive');
  await browser.press('Enter', '\r');
  await browser.until("!document.getElementById('plan-yes').hidden");
  expect(await text('#plan-lines')).toMatch(/runs again\s+For each application \(Map\)/);
  await browser.press('Enter', '\r');
  await browser.until("!document.getElementById('plan').open");
  expect(run.aws.named('states.RedriveExecution')).toEqual([]);
  await click('#redrive');
  await browser.until("!document.getElementById('plan-yes').hidden");
  await click('#plan-yes');
  await browser.until(`document.querySelector('#status').innerText.includes('RUNNING')`);
  expect(run.aws.named('states.RedriveExecution')).toHaveLength(1);
  expect(await browser.value("document.getElementById('redrive').hidden")).toBe(true);
});

it('has names, roles and words for those who hear it', async () => {
  run = await scene('gate');
  await shown(run.url);
  const { nodes } = await browser.call<{
    nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
  }>('Accessibility.getFullAXTree');
  const named = (role: string) =>
    nodes.filter((one) => !one.ignored && one.role?.value === role).map((one) => one.name?.value);
  expect(named('heading')).toEqual(
    expect.arrayContaining(['prod-demo-run', 'Batches in time', 'Machine']),
  );
  expect(named('textbox')).toEqual(['By (your name)', 'Reason']);
  expect(named('radio')).toEqual(['approve', 'refuse']);
  expect(named('button')).toEqual(expect.arrayContaining(['Answer', 'Closer', 'Earlier']));
  expect(named('application')[0]).toMatch(/^Time line\. Arrow keys/);
  expect([...named('img'), ...named('image')].join()).toContain(
    'the table of states says the same',
  );
  expect(named('button').concat(named('link')).every(Boolean)).toBe(true);
  expect(await text('#news')).toBe('running, May it begin?: waits, gate begin asks');
});

it('stays smooth with ten thousand windows of 30 days, and its figures are the ledger’s', async () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    batch(n, n % 2_500 === 1_250 ? { status: 'failed', error: 'no disk' } : {}),
  );
  run = await scene('running', many);
  await shown(run.url);
  const figure = (what: string, ms: number) =>
    process.stdout.write(`figure: page of 10,000 windows, ${what} ${Math.round(ms)} ms\n`);
  const paint = await browser.value<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  );
  const first = await browser.value<number>('window.runbooks.times.update');
  run.go('running', [...many, batch(10_000)]);
  const updates = await browser.value<number>('window.runbooks.times.updates');
  await browser.until(`window.runbooks.times.updates > ${updates + 1}`);
  const update = await browser.value<number>('window.runbooks.times.update');
  const frame = await browser.value<number>(`new Promise((done) => {
    const start = performance.now();
    document.querySelector('[data-zoom=in]').click();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  })`);
  figure('first paint', paint);
  figure('first update', first);
  figure('later update', update);
  figure('zoom', frame);
  expect(paint).toBeLessThan(3_000);
  expect(Math.max(first, update)).toBeLessThan(1_000);
  expect(frame).toBeLessThan(500);
  await click('#batches-part summary');
  await browser.until("document.querySelectorAll('#batches tbody tr').length === 50");
  expect(await browser.value("document.querySelectorAll('*').length")).toBeLessThan(1_500);
  const rows = Array.from({ length: 10_001 }, (_, n) => 100 + n).reduce((a, b) => a + b);
  const cells = (await text('#steps tbody tr')).split('\t');
  expect(cells.slice(3, 5)).toEqual(['10,001 of 10,003', rows.toLocaleString('en-US')]);
  await click('#only');
  await browser.until("document.querySelectorAll('#batches tbody tr').length === 4");
  expect(await text('#batches')).toContain('no disk');
});

it('goes from batch to batch by arrow keys and says each', async () => {
  run = await scene('failed', [batch(0), batch(1, { status: 'failed', error: 'no disk' })]);
  await shown(run.url);
  await tabTo('#timeline');
  await browser.press('ArrowRight');
  expect(await text('#hit')).toContain('shop: events: window 0, attempt 1, done, 3:00');
  await browser.press('ArrowRight');
  expect(await text('#hit')).toMatch(/window 1, attempt 1, failed, .*no disk/);
});

it('is a file that nobody serves, without buttons that do something', async () => {
  run = await scene('failed');
  const folder = mkdtempSync(join(tmpdir(), 'file-'));
  try {
    const file = join(folder, 'run.html');
    await writePage(run.kit, run.subject, file);
    await shown(`file://${file}`);
    expect(await text('#status')).toContain('FAILED');
    expect(await stateOf('Run event batches')).toBe('state s-failed');
    expect(await browser.value("document.getElementById('redrive').hidden")).toBe(true);
    expect(browser.requests.filter((url) => url.startsWith('http'))).toEqual([]);
    expect(browser.errors).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('is painted light and dark', async () => {
  run = await scene('running');
  const pictures: Buffer[] = [];
  for (const dark of [false, true]) {
    await shown(run.url, { dark });
    const ground = await browser.value<string>('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(dark ? 'rgb(18, 24, 31)' : 'rgb(255, 255, 255)');
    pictures.push(await browser.picture());
  }
  // Kept where somebody wants to look.
  const folder = process.env.PICTURES;
  for (const [i, one] of folder === undefined ? [] : pictures.entries()) {
    writeFileSync(join(folder!, `page-${i}.png`), one);
  }
  expect(pictures[0]!.equals(pictures[1]!)).toBe(false);
});
