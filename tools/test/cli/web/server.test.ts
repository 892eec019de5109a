// The server of a run's page, asked over its socket.

import { request } from 'node:http';
import { LostAnswer } from '../operate/stand-in';
import { ARN, batch, CHILD, RUN, time } from './records';
import { scene } from './scene';

let run: Awaited<ReturnType<typeof scene>>;
afterEach(() => run.stop());

/** Asks with these headers exactly. */
function ask(path: string, { method = 'GET', headers = {}, body = '' } = {}) {
  const { hostname, port, pathname } = new URL(run.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = request(
        { hostname, port, method, path: `${pathname}${path}`, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, text }),
          );
        },
      );
      sent.on('error', reject).end(body);
    },
  );
}
const post = (path: string, body: unknown) => {
  const headers = { origin: new URL(run.url).origin, 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
};
const data = async (since = 0) => JSON.parse((await ask(`data?since=${since}`)).text);
const SAID = { gate: 'begin', answer: 'approve', by: 'Ada', reason: 'all rest', askedAt: time(1) };

it('serves one document that may load nothing but its own script, style and data', async () => {
  run = await scene('gate');
  const { status, headers, text } = await ask('');
  expect(status).toBe(200);
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'/,
  );
  expect(policy).toContain(
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
  expect(text).not.toMatch(/\b(src|href)="(?!#)|url\((?!#)|@import| style="/);
});

it('listens on loopback under a path that nobody guesses', async () => {
  run = await scene('gate');
  const { hostname, pathname } = new URL(run.url);
  expect(hostname).toBe('127.0.0.1');
  expect(pathname).toMatch(/^\/[\w-]{32}\/$/);
  const { status, text } = await ask('../data');
  expect({ status, text }).toEqual({ status: 404, text: 'refused: 404\n' });
  expect((await ask('', { headers: { host: 'evil.example' } })).status).toBe(403);
  expect((await ask('elsewhere')).status).toBe(404);
  expect((await ask('answer')).status).toBe(404);
});

it('shows what the ledger says, and never the token that answers for a person', async () => {
  run = await scene('gate');
  const { sight, states, checks, gates, batches } = await data();
  expect(sight).toMatchObject({ run: RUN, status: 'RUNNING', gates: [{ name: 'begin' }] });
  expect(sight.steps).toMatchObject([{ batches: 4, doneBatches: 2, rows: 201 }]);
  expect(batches.map((one: { rows: number }) => one.rows)).toEqual([100, 101]);
  expect(checks).toEqual([{ name: 'rows', expected: '10', actual: '9', ok: false }]);
  expect(states.map((s: { status: string }) => s.status).slice(0, 3)).toEqual([
    ...['succeeded', 'waits', 'not entered'],
  ]);
  expect(gates).toMatchObject([{ name: 'begin', question: 'Begin?\n<b>All</b> loads rest.' }]);
  expect((await ask('data')).text).not.toContain('SECRET-TOKEN');
});

it('sends a batch once, and again when its record is another one', async () => {
  run = await scene('running');
  const first = await data();
  expect(first.batches).toHaveLength(2);
  run.go('running', [batch(0), batch(1, { rows: 7 }), batch(2)]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { batches, newest } = await data(first.newest);
  expect(batches.map(({ title, rows }: never) => [title, rows])).toEqual([
    ['window 1', 7],
    ['window 2', 102],
  ]);
  expect((await data(newest)).batches).toEqual([]);
});

it('reads a history that is over once, however often it is looked at', async () => {
  run = await scene('failed');
  await data();
  const before = run.aws.named('states.GetExecutionHistory').length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { failures } = await data();
  expect(failures).toEqual([
    {
      state: 'Run event batches',
      execution: CHILD,
      error: 'ItemsLeftError',
      message: 'shop: no disk',
    },
  ]);
  expect(run.aws.named('states.GetExecutionHistory')).toHaveLength(before);
});

it('answers the question that was shown, by the answer machine', async () => {
  run = await scene('gate');
  const describe = run.aws.answers['states.DescribeExecution']!;
  run.aws.answers['states.StartExecution'] = ({ name, stateMachineArn }) => ({
    executionArn: `${String(stateMachineArn).replace('stateMachine', 'execution')}:${name}`,
    startDate: 0,
  });
  run.aws.answers['states.DescribeExecution'] = (input, nth) =>
    String(input.executionArn).includes('prod-demo-answer')
      ? { ...(describe(input, nth) as object), status: 'SUCCEEDED' }
      : describe(input, nth);
  const { status, text } = await post('answer', SAID);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ status: 'SUCCEEDED', answer: 'approve', by: 'Ada' });
  const [{ stateMachineArn, input }] = run.aws.named('states.StartExecution') as never as [
    { stateMachineArn: string; input: string },
  ];
  expect(stateMachineArn).toMatch(/:prod-demo-answer$/);
  expect(JSON.parse(input)).toEqual({ run: RUN, ...SAID });
});

it.each([
  ['nothing', {}, /5 problems/],
  ['no time of the question', { ...SAID, askedAt: undefined }, /since when/],
  ['no reason', { ...SAID, reason: ' ' }, /say why/],
  ['another word', { ...SAID, answer: 'maybe' }, /approve or refuse/],
  ['a name that is no gate', { ...SAID, gate: '../x' }, /name the gate/],
  ['a list', [1], /5 problems/],
  ['a text', 'approve', /not a JSON object/],
  ['too much', { ...SAID, reason: 'x'.repeat(70_000) }, /too long/],
])('refuses an answer with %s, and starts nothing', async (_, body, message) => {
  run = await scene('gate');
  const { status, text } = await post('answer', body);
  expect(status).toBe(400);
  expect(JSON.parse(text).error.message).toMatch(message);
  expect(run.aws.named('states.StartExecution')).toEqual([]);
});

it('redrives what was shown, and nothing else', async () => {
  run = await scene('failed');
  run.aws.answers['states.RedriveExecution'] = () => ({ redriveDate: 0 });
  const { lines, mark } = JSON.parse((await ask('plan')).text);
  expect(lines).toContain('runs again   For each application (Map)');
  expect(lines).toContain('stays done   2 batches with 201 rows');
  run.go('failed', [batch(0)]);
  const late = await post('redrive', { mark });
  expect(late.status).toBe(409);
  expect(late.text).toContain('something else by now');
  expect(run.aws.named('states.RedriveExecution')).toEqual([]);
  const again = JSON.parse((await ask('plan')).text);
  expect((await post('redrive', { mark: again.mark })).status).toBe(200);
  expect(run.aws.named('states.RedriveExecution')).toMatchObject([{ executionArn: ARN }]);
});

it('says why a redrive is refused', async () => {
  run = await scene('running');
  const { status, text } = await ask('plan');
  expect(status).toBe(409);
  expect(JSON.parse(text).error.message).toContain('cannot be redriven');
});

it('says that keys are good no more, and goes on when they are again', async () => {
  run = await scene('gate');
  const { Refusal } = jest.requireActual('../operate/stand-in');
  const describe = run.aws.answers['states.DescribeExecution']!;
  run.aws.answers['states.DescribeExecution'] = () => {
    throw new Refusal('ExpiredTokenException', 'it is over');
  };
  const { status, text } = await ask('data');
  expect(status).toBe(503);
  expect(JSON.parse(text).error.message).toContain('AWS does not take the credentials');
  run.aws.answers['states.DescribeExecution'] = describe;
  expect((await data()).sight.status).toBe('RUNNING');
});

it.each([
  ['answer', 'gate', 'states.StartExecution', () => SAID, 'prod-demo-answer:cli-'],
  [
    'redrive',
    'failed',
    'states.RedriveExecution',
    async () => JSON.parse((await ask('plan')).text),
    ARN,
  ],
] as const)(
  'says what it sent when the answer of AWS is lost: %s',
  async (path, stage, call, body, named) => {
    run = await scene(stage);
    run.aws.answers[call] = () => {
      throw new LostAnswer();
    };
    const { status, text } = await post(path, await body());
    expect(status).toBeGreaterThan(400);
    const { message, sent } = JSON.parse(text).error;
    expect(sent.execution).toContain(named);
    expect(message).toContain(`But ${sent.what}: look with`);
    // What one page has sent is nothing to who asks next.
    const next = await post('answer', { ...SAID, askedAt: '' });
    expect(JSON.parse(next.text).error).not.toHaveProperty('sent');
  },
);
