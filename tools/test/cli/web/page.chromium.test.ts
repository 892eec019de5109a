// The page in a real browser: seen, heard, and used by keys alone.

import { LostAnswer } from '../operate/stand-in';
import { readers } from './reader';
import { batch, time } from './records';

const { reader, scene } = readers();

it('answers a gate by keys alone, asks nobody but its server, and follows the run', async () => {
  const browser = reader();
  const run = await scene('gate');
  const describe = run.aws.answers['states.DescribeExecution']!;
  run.aws.answers['states.DescribeExecution'] = (input, nth) => {
    const answering = String(input.executionArn).includes('prod-demo-answer');
    return { ...(describe(input, nth) as object), ...(answering && { status: 'SUCCEEDED' }) };
  };
  run.aws.answers['states.StartExecution'] = ({ name, stateMachineArn }) => {
    run.go('running');
    const executionArn = `${String(stateMachineArn).replace('stateMachine', 'execution')}:${name}`;
    return { executionArn, startDate: 0 };
  };
  await browser.shown(run.url);
  expect(await browser.stateOf('May it begin?')).toBe('state s-waits');
  expect(await browser.text('#gates')).toContain('<b>All</b> loads rest.');
  await browser.tabTo('input[type=radio]');
  await browser.press(' ', ' ');
  await browser.tabTo('input[name=by]');
  await browser.type('Ada');
  await browser.tabTo('input[name=reason]');
  // Looks that come meanwhile leave the form alone.
  await browser.until('window.runbooks.times.updates > 2');
  await browser.type('all rest');
  await browser.press('Enter', '\r');
  await browser.until(
    `document.querySelector('[data-state="May it begin?"]').matches('.s-succeeded')`,
  );
  expect(await browser.stateOf('Run event batches')).toBe('state s-running');
  const [{ input }] = run.aws.named('states.StartExecution') as never as [{ input: string }];
  expect(JSON.parse(input)).toMatchObject({ answer: 'approve', by: 'Ada', askedAt: time(1) });
  expect(
    browser.requests.filter((url) => !url.startsWith(run.url) && !/^about:|favicon/.test(url)),
  ).toEqual([]);
  expect(browser.errors.filter((one) => !one.includes('favicon'))).toEqual([]);
});

it('does not offer to send an answer again whose fate nobody knows', async () => {
  const browser = reader();
  const run = await scene('gate');
  run.aws.answers['states.StartExecution'] = () => {
    throw new LostAnswer();
  };
  await browser.shown(run.url);
  await browser.click('input[value=approve]');
  for (const field of ['by', 'reason']) {
    await browser.value(`document.querySelector('input[name=${field}]').value = 'x'`);
  }
  await browser.click('#gates button');
  await browser.until(`document.querySelector('#gates form').innerText.includes('was sent')`);
  expect(await browser.text('#gates form')).toContain('To answer again, load this page anew.');
  expect(await browser.value(`document.querySelector('#gates button').disabled`)).toBe(true);
});

it('shows the plan of a redrive, does nothing on a second Enter, and redrives when it is told to', async () => {
  const browser = reader();
  const run = await scene('failed');
  run.aws.answers['states.RedriveExecution'] = () => {
    run.go('running');
    return { redriveDate: 0 };
  };
  await browser.shown(run.url);
  expect(await browser.text('#failed')).toContain('shop: no disk');
  await browser.tabTo('#redrive');
  await browser.press('Enter', '\r');
  await browser.until("!document.getElementById('plan-yes').hidden");
  expect(await browser.text('#plan-lines')).toMatch(/runs again\s+For each application \(Map\)/);
  await browser.press('Enter', '\r');
  await browser.until("!document.getElementById('plan').open");
  expect(run.aws.named('states.RedriveExecution')).toEqual([]);
  await browser.click('#redrive');
  await browser.until("!document.getElementById('plan-yes').hidden");
  await browser.click('#plan-yes');
  await browser.until(`document.querySelector('#status').innerText.includes('RUNNING')`);
  expect(run.aws.named('states.RedriveExecution')).toHaveLength(1);
  expect(await browser.value("document.getElementById('redrive').hidden")).toBe(true);
});

it('says among which children it has looked for what failed', async () => {
  const browser = reader();
  const run = await scene('failed');
  await browser.shown(run.url);
  expect(await browser.text('#failed')).not.toContain('newest children');
  const list = run.aws.answers['states.ListExecutions']!;
  run.aws.answers['states.ListExecutions'] = (input, nth) => {
    const { executions } = list(input, nth) as { executions: readonly object[] };
    if (input.nextToken) return { executions };
    return { executions: Array(50).fill(executions[0]), nextToken: 'more' };
  };
  await browser.until(`document.querySelector('#failed').innerText.includes('newest children')`);
  expect(await browser.text('#failed')).toContain('Of the 50 newest children; a Map Run has more.');
});

it('has names, roles and words for those who hear it', async () => {
  const browser = reader();
  const run = await scene('gate');
  await browser.shown(run.url);
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
  expect(await browser.text('#news')).toBe('running, May it begin?: waits, gate begin asks');
});

it('keeps the place on the time line while work goes on', async () => {
  const browser = reader();
  const run = await scene('running', [batch(0), batch(1)]);
  await browser.shown(run.url);
  await browser.tabTo('#timeline');
  const looks = async () => {
    const seen = await browser.value<number>('window.runbooks.times.updates');
    await browser.until(`window.runbooks.times.updates > ${seen + 1}`);
  };
  await browser.press('ArrowRight');
  expect(await browser.text('#hit')).toContain('window 0');
  await looks();
  await browser.press('ArrowRight');
  expect(await browser.text('#hit')).toContain('window 1');
  await browser.press('ArrowRight');
  expect(await browser.text('#hit')).toContain('at work');
  // Another lane that began earlier, and one batch more before the work.
  const other = batch(0, { sk: 'batch#users', step: 'users', item: 'shop', startedAt: time(0) });
  run.go('running', [other, batch(0), batch(1), batch(2)]);
  await looks();
  await browser.press('ArrowLeft');
  expect(await browser.text('#hit')).toContain('shop: events: window 2');
});

it('goes from batch to batch by arrow keys and says each', async () => {
  const browser = reader();
  const run = await scene('failed', [batch(0), batch(1, { status: 'failed', error: 'no disk' })]);
  await browser.shown(run.url);
  await browser.tabTo('#timeline');
  await browser.press('ArrowRight');
  expect(await browser.text('#hit')).toContain('shop: events: window 0, attempt 1, done, 3:00');
  await browser.press('ArrowRight');
  expect(await browser.text('#hit')).toMatch(/window 1, attempt 1, failed, .*no disk/);
});
