// The page in a real browser: how it is painted, and where nobody serves it. Times are printed and judged by nobody:
// they are those of a busy machine. What makes them small, few nodes, is.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePage } from '../../../cli/web/watch-web';
import { readers } from './reader';
import { batch } from './records';

const { reader, scene } = readers();

it('is a small page with ten thousand windows of 30 days too, and its figures are the ledger’s', async () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    batch(n, n % 2_500 === 1_250 ? { status: 'failed', error: 'no disk' } : {}),
  );
  const browser = reader();
  const run = await scene('running', many);
  await browser.shown(run.url);
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
  await browser.click('#batches-part summary');
  await browser.until("document.querySelectorAll('#batches tbody tr').length === 50");
  expect(await browser.value("document.querySelectorAll('*').length")).toBeLessThan(1_500);
  const rows = Array.from({ length: 10_001 }, (_, n) => 100 + n).reduce((a, b) => a + b);
  const cells = (await browser.text('#steps tbody tr')).split('\t');
  expect(cells.slice(3, 5)).toEqual(['10,001 of 10,003', rows.toLocaleString('en-US')]);
  await browser.click('#only');
  await browser.until("document.querySelectorAll('#batches tbody tr').length === 4");
  expect(await browser.text('#batches')).toContain('no disk');
});

it('is a file that nobody serves, without buttons that do something', async () => {
  const browser = reader();
  const run = await scene('failed');
  const folder = mkdtempSync(join(tmpdir(), 'file-'));
  try {
    const file = join(folder, 'run.html');
    await writePage(run.kit, run.subject, file);
    await browser.shown(`file://${file}`);
    expect(await browser.text('#status')).toContain('FAILED');
    expect(await browser.stateOf('Run event batches')).toBe('state s-failed');
    expect(await browser.value("document.getElementById('redrive').hidden")).toBe(true);
    expect(browser.requests.filter((url) => url.startsWith('http'))).toEqual([]);
    expect(browser.errors).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('is painted light and dark', async () => {
  const browser = reader();
  const run = await scene('running');
  const pictures: Buffer[] = [];
  for (const dark of [false, true]) {
    await browser.shown(run.url, { dark });
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
