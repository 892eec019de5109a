import {
  RedshiftTransaction,
  type RedshiftTransactionProps,
} from '../../lib/steps/redshift-transaction';
import { Warehouse } from '../../lib/steps/warehouse';
import { type State, statesOf } from '../support/definitions';
import { grantsOf, mainPath, synthStates } from '../support/step-machine';

const one = { sql: { name: 'm.sql', text: 'create table m as select 1 as total' } };
const two = { sql: { name: 'd.sql', text: 'delete from t' } };
const serverless = Warehouse.serverless({ workgroup: 'w', database: 'd' });

function synth(change: Partial<RedshiftTransactionProps> = {}) {
  const { states, first, template } = synthStates(
    (stack) =>
      new RedshiftTransaction(stack, 'Swap', {
        work: 'swaps',
        step: 'swap',
        warehouse: serverless,
        statements: { mark: one, delete: two },
        mark: { schema: 's', table: 'm' },
        ...change,
      }),
    true,
  );
  const all = new Map(statesOf({ States: states as never })) as Map<string, State>;
  return {
    payload: all.get('Run swaps')!.Arguments!.Payload,
    template,
    path: mainPath(states, first),
  };
}

test('with the fewest props: one transaction of the statements in their order, judged by its mark', () => {
  const { payload, path } = synth();
  expect(payload).toMatchObject({
    step: 'swap',
    plan: {
      kind: 'list',
      statements: [
        {
          name: 'transaction',
          transaction: [
            { name: 'mark', ...one },
            { name: 'delete', ...two },
          ],
        },
      ],
    },
    evidence: { kind: 'mark', schema: 's', table: 'm' },
  });
  expect(payload).not.toHaveProperty('item');
  expect(path).toEqual([
    'For each stretch of swaps',
    'Another stretch of swaps?',
    'All swaps done',
  ]);
});

test('with all props: inside an item', () => {
  expect(synth({ inItem: true }).payload).toHaveProperty('item');
});

test('its task, and those that end what a stopped run left, may submit transactions', () => {
  const grants = grantsOf(synth().template, 'redshift-data:BatchExecuteStatement');
  expect(Object.keys(grants).sort()).toEqual(['ReleaseRun', 'RunBatches', 'SettleClosedRun']);
  expect(grants.RunBatches).toEqual([expect.stringMatching(/:workgroup\/\*$/)]);
});

test.each([
  [{ statements: {} }, /1 to 40 statements, got 0/],
  [
    { statements: Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`s${i}`, one])) },
    /1 to 40 statements, got 41/,
  ],
  [{ step: 'a-b' }, /step must be letters only/],
])('refuses %j', (change, message) => {
  expect(() => synth(change)).toThrow(message);
});
