// Keys of another account: a command that does not find what it is about says whose they are.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { accountOf } from '../../../cli/operate/whose';
import { ACCOUNT, executionArn, REGION, Refusal, STACK, StandIn } from './stand-in';

const OTHER = '999999999999';
const here = process.cwd();
let folder: string;
let aws: StandIn;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'whose-'));
  mkdirSync(path.join(folder, 'config'));
  process.chdir(folder);
  aws = new StandIn();
  aws.caller = OTHER;
  await aws.start();
});
afterEach(async () => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
  await aws.stop();
});

const target = (name: string, content: unknown) =>
  writeFileSync(path.join('config', `${name}.json`), JSON.stringify(content));
const input = () => {
  writeFileSync('input.json', '{}');
  return ['--input', 'input.json'];
};
const told = (what: string, by: string) =>
  `these keys are of account ${OTHER}, and ${what} is of account ${ACCOUNT}, as ${by} says`;

describe('a stack that is not there', () => {
  it('by the name of its machine', async () => {
    target('prod', { account: ACCOUNT });
    const { code, err } = await aws.runbooks('start', 'prod-clickstream-upgrade', ...input());
    expect(code).toBe(1);
    expect(err).toContain(
      `${told('prod-clickstream-upgrade', 'config/prod.json')}: the stack of machine prod-clickstream-upgrade was not found (tried`,
    );
  });

  it('by its own name, also as a document', async () => {
    target('prod', { account: ACCOUNT });
    const run = ['report', 'run-20260131-0a1b2c3d4e', '--stack', 'prod-rdw', '--json'];
    const { code, err, out } = await aws.runbooks(...run);
    expect({ code, err }).toEqual({
      code: 1,
      err: `runbooks: ${told('prod-rdw', 'config/prod.json')}: Stack with id prod-rdw does not exist\n`,
    });
    expect(JSON.parse(out).error).toMatchObject({ name: 'RefusedError' });
  });

  it('in an assembly', async () => {
    const stack = {
      ...{ type: 'aws:cloudformation:stack', environment: `aws://${ACCOUNT}/${REGION}` },
      properties: { templateFile: 't.json' },
    };
    writeFileSync('manifest.json', JSON.stringify({ artifacts: { 'prod-rdw': stack } }));
    writeFileSync('t.json', '{}');
    const { code, err } = await aws.runbooks('predeploy', '--assembly', folder);
    expect(code).toBe(1);
    expect(err).toContain(`${told('stack prod-rdw', 'the assembly')}: it was not found`);
    aws.caller = ACCOUNT;
    const own = await aws.runbooks('predeploy', '--assembly', folder);
    expect(own).toMatchObject({ code: 0, out: expect.stringContaining('not deployed yet') });
  });
});

it('an execution that is not there: its ARN says the account', async () => {
  aws.answers['states.DescribeExecution'] = () => {
    throw new Refusal('AccessDeniedException', 'not authorized to perform: states:Describe');
  };
  const { code, err } = await aws.runbooks('watch', executionArn('one'));
  expect(code).toBe(1);
  expect(err).toContain(told(executionArn('one'), 'its ARN'));
});

describe('nothing is said of accounts', () => {
  const start = () => aws.runbooks('start', 'prod-clickstream-upgrade', ...input());
  const keysOf = (account: string | undefined) => () => {
    aws.caller = account;
  };
  it.each<[string, () => void]>([
    ['when the keys are of this one', keysOf(ACCOUNT)],
    ['when nobody says whose they are', keysOf(undefined)],
    ['when no target says one', () => rmSync('config', { recursive: true })],
    ['when the target has none', () => target('prod', {})],
    ['when the target cannot be read', () => writeFileSync('config/prod.json', '{')],
  ])('%s', async (_, change) => {
    target('prod', { account: ACCOUNT });
    change();
    const { code, err } = await start();
    expect(code).toBe(1);
    expect(err).toMatch(/was not found \(tried/);
    expect(err).not.toContain('these keys are of account');
  });

  it('when another thing went wrong, and nobody is asked', async () => {
    target('prod', { account: ACCOUNT });
    aws.answers['states.StartExecution'] = () => {
      throw new Refusal('InvalidExecutionInput', 'bad');
    };
    const { code } = await aws.runbooks('start', `${STACK}-run`, ...input());
    expect(code).toBe(1);
    expect(aws.named('sts.GetCallerIdentity')).toEqual([]);
  });
});

it('the target with the longest name is meant', () => {
  target('prod', { account: ACCOUNT });
  target('prod-eu', { account: OTHER });
  expect(accountOf('prod-eu-rdw')?.account).toBe(OTHER);
  expect(accountOf('prod-rdw')?.account).toBe(ACCOUNT);
  expect(accountOf('production-rdw')).toBeUndefined();
});
