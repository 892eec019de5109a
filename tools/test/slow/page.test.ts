// The page of a run in a real browser, over a rehearsal in real time, as an operator uses it at night: a migration
// fails, is read, and is redriven; a gate asks and is answered.

import type { RunSight } from '../../cli/operate/sight';
import { Reader } from '../cli/web/reader';
import { Operators, STACK } from './operators';
import { arm } from './support';

const operators = new Operators();
const { begin, json, started, fromLedger } = operators;
let reader: Reader;
let close: (() => Promise<unknown>)[] = [];

beforeAll(() => operators.start());
afterAll(() => operators.stop());
beforeEach(() => {
  reader = new Reader();
});
afterEach(async () => {
  for (const one of [...close, () => reader.close()]) await one();
  close = [];
});

/** Opens the page that `watch --web` serves of an execution. */
async function open(execution: string): Promise<string> {
  const served = begin(['watch', execution, '--web', '--every', '1']);
  close.push(() => {
    served.interrupt();
    return served.ended;
  });
  for (;;) {
    const [, url] = /open it: (\S+)/.exec(served.said.out) ?? [];
    if (url) {
      await reader.shown(url);
      return url;
    }
    if (served.said.err) throw new Error(served.said.err);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const status = (text: string) =>
  reader.until(`document.querySelector('#status').innerText.includes('${text}')`);

it('a migration that fails is read, redriven by its button, and its figures are the ledger’s', async () => {
  arm(operators.cloud, 'kind=error,sql=sp_migrate_user_to_v2(,nth=1,message=disk full');
  const arn = await started('--name', 'page');
  const url = await open(arn);
  await status('FAILED');
  expect(await reader.text('#failed')).toContain('disk full');
  await reader.click('#redrive');
  await reader.until("!document.getElementById('plan-yes').hidden");
  expect(await reader.text('#plan-lines')).toMatch(/tries again\s.*shop/);
  await reader.click('#plan-yes');
  await status('SUCCEEDED');
  const { run } = await json<RunSight>(0, 'watch', arn, '--once');
  const steps = await fromLedger((view) => view.progress(run!));
  const shown = await reader.text('#steps tbody');
  expect(steps.length).toBeGreaterThan(1);
  for (const { step, rows, doneBatches } of steps) {
    const line = shown.split('\n').find((one) => one.split('\t').includes(step))!;
    expect(line.split('\t')).toContain(rows.toLocaleString('en-US'));
    expect(line).toContain(`${doneBatches.toLocaleString('en-US')} of`);
  }
  expect(reader.requests.filter((one) => !one.startsWith(url) && !/^about:/.test(one))).toEqual([]);
  expect(reader.errors.filter((one) => !one.includes('favicon'))).toEqual([]);
});

it('a gate asks on the page and is answered there; the run goes on to its end', async () => {
  const input = JSON.stringify({ targetVersion: '1.1.15' });
  const args = ['start', `${STACK}-console-update`, '--input', '-', '--json'];
  const { out } = await begin(args, {}, input).ended;
  await open((JSON.parse(out) as { execution: string }).execution);
  await reader.until("document.querySelector('#gates form')");
  await reader.click('input[value=approve]');
  for (const [field, text] of [
    ['by', 'Ada'],
    ['reason', 'read it'],
  ]) {
    await reader.value(`document.querySelector('input[name=${field}]').value = '${text}'`);
  }
  await reader.click('#gates button');
  await status('SUCCEEDED');
});
