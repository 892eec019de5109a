// The ForEach step's own definition in the engine: what becomes of the items behind one that fails, and
// which of them a redrive starts.

import { App, Stack } from 'aws-cdk-lib';
import { Machine } from '../../../lib/platform/machine';
import { Platform } from '../../../lib/platform/platform';
import { taskState } from '../../../lib/platform/task-state';
import { ForEach } from '../../../lib/steps/for-each';
import { fail, House } from './house';

/** The step with a body of one task; the names of functions are those of their tasks. */
function definition(tolerance: string): object {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  const each = new ForEach(stack, 'Tenants', {
    name: 'tenants',
    noun: 'tenant',
    nouns: 'tenants',
    items: "$states.input.keys.{ 'key': $, 'value': {} }",
    tolerance,
    body: (scope) =>
      taskState(scope, 'Work', {
        task: Platform.of(scope).task('run-batches'),
        payload: {},
        inItem: true,
        comment: 'Works. On redrive: works again',
      }),
  });
  const machine = new Machine(stack, 'Machine', { name: 'm', comment: 'a test', definition: each });
  const { definitionString } = machine.stateMachine.node.defaultChild as unknown as {
    definitionString: string;
  };
  const text = stack.resolve(definitionString) as { 'Fn::Join': [string, (string | Token)[]] };
  const parts = text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : nameOf(part)));
  return JSON.parse(parts.join(''));
}
interface Token {
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly Ref?: string;
}
const nameOf = (token: Token) => {
  const [id = token.Ref] = token['Fn::GetAtt'] ?? [];
  const name = id!.replace(/^Platform|[0-9A-F]{8}$/g, '');
  return name === 'AWS::Partition'
    ? 'aws'
    : `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
};

/** A house in which the work for a key fails as often as is said; the ledger knows what is done. */
function houseWith(failures: Record<string, number>) {
  const house = new House();
  const done = new Set<string>();
  const worked: string[] = [];
  house.functions.RunBatches = ({ item }) => {
    worked.push(item.key);
    if ((failures[item.key] ?? 0) === 0) return {};
    failures[item.key]! -= 1;
    throw fail('Broken', item.key);
  };
  house.functions.MarkItem = ({ item }) => {
    done.add(item.key);
    return {};
  };
  house.functions.SettleItems = ({ keys, redriveCount, redrivesAtEnd }) => {
    const left = keys.filter((key: string) => !done.has(key));
    if (left.length > 0 && redriveCount <= redrivesAtEnd) throw fail('ItemsLeftError', left.join());
    return { left };
  };
  return { house, worked, done };
}

const INPUT = {
  run: { id: 'run-1', arn: 'arn' },
  keys: ['ca', 'nv', 'pa', 'wa'],
};

test('stop: no item begins after one that failed; a redrive goes on with that one, then with the others', async () => {
  const { house, worked, done } = houseWith({ nv: 2 });
  const arn = house.start(definition('stop'), INPUT);
  const failed = await house.engine.finished(arn);
  expect(failed).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
  });
  expect(worked).toEqual(['ca', 'nv']);
  expect((await house.redrive(arn)).status).toBe('FAILED');
  expect(worked).toEqual(['ca', 'nv', 'nv']);
  expect((await house.redrive(arn)).status).toBe('SUCCEEDED');
  expect(worked).toEqual(['ca', 'nv', 'nv', 'nv', 'pa', 'wa']);
  expect([...done]).toEqual(INPUT.keys);
});

test('continue: all others are done, and a redrive starts the failed one alone', async () => {
  const { house, worked, done } = houseWith({ nv: 1 });
  const arn = house.start(definition('continue'), INPUT);
  expect(await house.engine.finished(arn)).toMatchObject({
    status: 'FAILED',
    error: 'ItemsLeftError',
  });
  expect(worked).toEqual(['ca', 'nv', 'pa', 'wa']);
  expect((await house.redrive(arn)).status).toBe('SUCCEEDED');
  expect(worked).toEqual(['ca', 'nv', 'pa', 'wa', 'nv']);
  expect(done.size).toBe(4);
});

test.each([
  ['stop', ['ca', 'nv']],
  ['continue', ['ca', 'nv', 'pa', 'wa']],
])('the input chooses: %s', async (policy, expected) => {
  const { house, worked } = houseWith({ nv: 1 });
  const arn = house.start(definition('$states.input.policy'), { ...INPUT, policy });
  expect((await house.engine.finished(arn)).status).toBe('FAILED');
  expect(worked).toEqual(expected);
});
