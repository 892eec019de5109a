import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseTarget, readTarget } from '../../lib/platform/target-config';

const CONFIG = path.join(__dirname, '../../config');
const example = () => JSON.parse(readFileSync(path.join(CONFIG, 'example.json'), 'utf8'));
const parse = (value: unknown) => parseTarget(JSON.stringify(value), 'config/x.json');

it('reads the example, completed with defaults', () => {
  const target = readTarget(CONFIG, 'example');
  expect(target).toMatchObject({
    ...example(),
    noticeEmails: [],
    quietAlarmAfterHours: 2,
    tracing: false,
  });
});

it('the example is of the account that the CDK CLI refuses to deploy to', () => {
  expect(readTarget(CONFIG, 'example').account).toBe('000000000000');
});

it('takes a provisioned cluster in China', () => {
  const target = example();
  target.region = 'cn-north-1';
  target.clickstream.warehouse = { type: 'provisioned', cluster: 'c', dbUser: 'u', database: 'd' };
  target.clickstream.console.serviceRoleArn = 'arn:aws-cn:iam::000000000000:role/updater';
  expect(parse(target).clickstream?.warehouse).toMatchObject({ cluster: 'c', dbUser: 'u' });
});

it('names every problem at once', () => {
  const target = example();
  target.account = '1';
  target.region = 'here';
  target.clickstream.appIds = ['shop', 'shop', '1'];
  target.clickstream.warehouse.cluster = 'c';
  target.extra = 1;
  const refused = () => parse(target);
  expect(refused).toThrow(/config\/x\.json has 6 problem\(s\)/);
  for (const part of [
    'account',
    'region',
    'clickstream.appIds',
    'clickstream.appIds.2',
    'cluster',
    'extra',
  ]) {
    expect(refused).toThrow(part);
  }
});

it.each([
  ['a name that cannot be part of a stack’s', '../example', /must match/],
  [
    'a target that is not there, naming those that are',
    'nowhere',
    /there is no .*nowhere\.json; targets: .*example/,
  ],
])('refuses %s', (_, name, message) => {
  expect(() => readTarget(CONFIG, name)).toThrow(message);
});

it('refuses a folder without targets, and text that is no JSON', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'targets-'));
  expect(() => readTarget(folder, 'a')).toThrow(/targets: none/);
  writeFileSync(path.join(folder, 'a.json'), '{');
  expect(() => readTarget(folder, 'a')).toThrow(/is not JSON/);
  rmSync(folder, { recursive: true });
});
