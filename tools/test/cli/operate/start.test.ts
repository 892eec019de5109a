// One start is one execution, of the machine that was named and of no other; and what is printed can be typed.

import type { GateItem } from '../../../../lambdas/shared/gates';
import {
  executionArn,
  LostAnswer,
  machineArn,
  Refusal,
  resourcesOf,
  STACK,
  StandIn,
  seconds,
} from './stand-in';

const ARN = executionArn('one');
const RUN = 'run-20260131-0a1b2c3d4e';
const GATE: Partial<GateItem> = {
  ...{ name: 'cleanup', question: 'Drop the old tables?\nevent\nsession', token: 't', hash: 'h' },
  askedAt: '2026-01-31T10:30:00.000Z',
};
let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
  aws.ledger = [
    { pk: `execution#${ARN}`, sk: 'run', runId: RUN },
    { pk: `run#${RUN}`, sk: 'run', runId: RUN, status: 'open', executionArn: ARN },
    { pk: `run#${RUN}`, sk: 'gate#cleanup', ...GATE },
  ];
  aws.answers['states.StartExecution'] = ({ name, stateMachineArn }) => ({
    executionArn: `${stateMachineArn}:${name}`.replace('stateMachine', 'execution'),
    startDate: 0,
  });
  aws.answers['states.DescribeExecution'] = () => ({ status: 'SUCCEEDED', startDate: 0 });
});
afterEach(() => aws.stop());

const input = ['--input', __filename] as const;
const answering = ['answer', ARN, 'cleanup', 'approve', '--by', 'Ada', '--reason', 'x'] as const;

describe('a lost answer', () => {
  it.each([
    ['start', ['start', `${STACK}-run`, ...input]],
    ['answer', answering],
  ])('of %s is the same start when it is sent again', async (_, args) => {
    process.env.AWS_MAX_ATTEMPTS = '3';
    const whole = aws.answers['states.StartExecution']!;
    aws.answers['states.StartExecution'] = (one, nth) => {
      if (nth === 1) throw new LostAnswer();
      return whole(one, nth);
    };
    expect((await aws.runbooks(...args)).code).toBe(0);
    const names = aws.named('states.StartExecution').map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^cli-[0-9a-f-]{36}$/), names[0]]);
  });

  it('is known for its own by its name when the execution has ended meanwhile', async () => {
    aws.answers['states.StartExecution'] = () => {
      throw new Refusal('ExecutionAlreadyExists');
    };
    const { code, out } = await aws.runbooks('start', `${STACK}-run`, ...input);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`Started ${executionArn('cli-')}`),
    });
    expect((await aws.runbooks('start', `${STACK}-run`, ...input, '--name', 'n')).code).toBe(1);
  });
});

describe('another machine of the same name', () => {
  const elsewhere = machineArn(`${STACK}-run`, 'us-east-1:999999999999');

  it.each([
    ['of another account', elsewhere, []],
    [
      'of another region',
      machineArn(`${STACK}-run`, 'us-east-1:123456789012'),
      ['--region', 'eu-west-1'],
    ],
    ['in a stack that is named', elsewhere, ['--stack', STACK]],
  ])('%s is not started', async (_, arn, more) => {
    const { code, err } = await aws.runbooks('start', arn, ...input, ...more);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`which is not ${arn}`) });
    expect(aws.named('states.StartExecution')).toEqual([]);
  });

  it.each(['watch', 'redrive', 'stop'])('is not believed of --stack by %s', async (command) => {
    aws.stacks.other = resourcesOf('other');
    const more = { redrive: ['--yes'], stop: ['--cause', 'x'] }[command] ?? [];
    const { code, err } = await aws.runbooks(command, ARN, '--stack', 'other', ...more);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`stack other has no machine ${STACK}-run`),
    });
  });
});

it('starts the machine whose ARN is given, and the one whose name ends so in a stack', async () => {
  for (const args of [[machineArn(`${STACK}-run`)], ['run', '--stack', STACK]]) {
    expect((await aws.runbooks('start', ...args, ...input)).code).toBe(0);
  }
  const arns = aws.named('states.StartExecution').map(({ stateMachineArn }) => stateMachineArn);
  expect(arns).toEqual([machineArn(`${STACK}-run`), machineArn(`${STACK}-run`)]);
});

it('says that no region is known, where the stack of a machine is looked for', async () => {
  delete process.env.AWS_REGION;
  expect(await aws.runbooks('start', `${STACK}-run`, ...input)).toMatchObject({
    code: 2,
    err: expect.stringContaining('no region is known'),
  });
});

describe('an answer', () => {
  const asked = () =>
    aws.named('states.StartExecution').map((one) => JSON.parse(String(one.input)).askedAt);

  it('prints the question first, and answers that one only', async () => {
    const { code, out } = await aws.runbooks(...answering);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Gate cleanup asks since 2026-01-31T10:30:00.000Z: Drop the old tables\?\n/,
    );
    expect(asked()).toEqual([GATE.askedAt]);
  });

  it('passes on since when what it answers was asked', async () => {
    await aws.runbooks(...answering, '--asked', '2026-01-30T00:00:00.000Z');
    expect(asked()).toEqual(['2026-01-30T00:00:00.000Z']);
  });
});

describe('what watch prints to be typed', () => {
  const look = (more: object) => {
    const startDate = seconds('2026-01-31T10:00:00Z');
    aws.answers['states.DescribeExecution'] = () => ({ startDate, ...more });
  };

  it('an answer names the execution, the question, and where the reader was', async () => {
    look({ status: 'RUNNING' });
    const { out } = await aws.runbooks('watch', ARN, '--once', '--stack', STACK);
    expect(out).toContain(
      `npx --no-install runbooks answer ${ARN} cleanup approve --asked ${GATE.askedAt} --stack ${STACK} --endpoint-url ${aws.url} --by 'your name' --reason 'why'`,
    );
  });

  it.each([
    ['one that a redrive helps', { error: 'Boom', redriveStatus: 'REDRIVABLE' }, true],
    [
      'one that would be refused again',
      { error: 'RefusedInputError', redriveStatus: 'REDRIVABLE' },
      false,
    ],
    ['one that is too old', { error: 'Boom', redriveStatus: 'NOT_REDRIVABLE' }, false],
  ])('a redrive only of %s', async (_, end, helps) => {
    look({ status: 'FAILED', stopDate: seconds('2026-01-31T11:00:00Z'), ...end });
    const { code, out } = await aws.runbooks('watch', ARN);
    expect(code).toBe(1);
    const line = `  next     npx --no-install runbooks redrive ${ARN} --endpoint-url ${aws.url}\n`;
    expect(out.includes(line)).toBe(helps);
    expect(out.includes('runbooks redrive')).toBe(helps);
    expect(out).toContain(`runbooks report ${ARN} `);
  });
});
