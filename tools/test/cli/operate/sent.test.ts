// An error after something was sent says so: who types the same again would do it twice.

import { executionArn, LostAnswer, Refusal, STACK, StandIn, seconds } from './stand-in';

const ARN = executionArn('one');
const ANSWER = [
  'answer',
  ARN,
  'cleanup',
  'approve',
  '--by',
  'Ada',
  '--reason',
  'x',
  '--asked',
  't',
];
const START = ['start', `${STACK}-run`, '--input', __filename];
const failed = {
  ...{ executionArn: ARN, status: 'FAILED', redriveStatus: 'REDRIVABLE', error: 'Boom' },
  ...{ startDate: seconds('2026-01-31T10:00:00Z'), stopDate: seconds('2026-01-31T11:00:00Z') },
};
const lost = () => {
  throw new LostAnswer();
};
const refused = (code: string) => () => {
  throw new Refusal(code, 'it says no');
};

let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
  aws.answers['states.DescribeExecution'] = () => failed;
  aws.answers['states.StartExecution'] = () => ({ executionArn: ARN, startDate: 0 });
});
afterEach(() => aws.stop());

it.each([
  ['start', START, 'StartExecution', `the start of ${executionArn('cli-')}`],
  ['redrive', ['redrive', ARN, '--yes'], 'RedriveExecution', `the redrive of ${ARN}`],
  ['stop', ['stop', ARN, '--cause', 'x'], 'StopExecution', `the stop of ${ARN}`],
  ['answer', ANSWER, 'StartExecution', `the start of ${executionArn('cli-', `${STACK}-answer`)}`],
])('%s, whose answer was lost, says under which name to look', async (_, args, call, what) => {
  aws.answers[`states.${call}`] = lost;
  const { code, err, out } = await aws.runbooks(...args, '--json');
  expect(code).toBe(1);
  const { message, sent } = JSON.parse(out).error;
  expect(err).toContain(`runbooks: ${message}\n`);
  expect(sent.what.startsWith(what)).toBe(true);
  expect(message).toContain(
    `But ${sent.what}: look with npx --no-install runbooks watch ${sent.execution} --endpoint-url`,
  );
});

it('says it, too, when what fails is the look at what was started', async () => {
  aws.answers['states.DescribeExecution'] = refused('ExpiredTokenException');
  const { code, err } = await aws.runbooks(...ANSWER);
  const [{ name }] = aws.named('states.StartExecution') as never as [{ name: string }];
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining(`the start of ${executionArn(name, `${STACK}-answer`)} was sent`),
  });
  expect(err).toContain('AWS does not take the credentials');
});

it.each([
  ['start', START, 'StartExecution'],
  ['redrive', ['redrive', ARN, '--yes'], 'RedriveExecution'],
  ['stop', ['stop', ARN, '--cause', 'x'], 'StopExecution'],
])('%s, which AWS has refused, was not sent', async (_, args, call) => {
  aws.answers[`states.${call}`] = refused('AccessDeniedException');
  const { code, out, err } = await aws.runbooks(...args, '--json');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('AWS refused') });
  expect(err).not.toContain('was sent');
  expect(JSON.parse(out).error).not.toHaveProperty('sent');
});
