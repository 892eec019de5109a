// The steps that run statements: what their states are told with the fewest props, and with all.

import jsonata from 'jsonata';
import {
  BatchedProcedure,
  type BatchedProcedureProps,
  Batches,
} from '../../lib/steps/batched-procedure';
import { RedshiftStatement, type RedshiftStatementProps } from '../../lib/steps/redshift-statement';
import { Warehouse } from '../../lib/steps/warehouse';
import { type State, statesOf } from '../support/definitions';
import { mainPath, synthStates } from '../support/step-machine';

const warehouse = Warehouse.serverless({ workgroup: 'w', database: 'd' });
const template = (text: string) => ({ sql: { name: `${text}.sql`, text } });
const FEWEST: BatchedProcedureProps = {
  work: 'event batches',
  step: 'events',
  warehouse,
  statement: template('call a()'),
  batches: Batches.count(250),
};
const LOG = {
  kind: 'log',
  read: template('select 1'),
  logName: 'sp_a',
  finished: ['done'],
  exhausted: ['nothing left'],
} as const;

/** States at all levels by name, and the top level's path. */
function parsed({ states, first }: ReturnType<typeof synthStates>) {
  const all = new Map(statesOf({ States: states as never })) as Map<string, State & Selected>;
  return { all, path: mainPath(states, first) };
}
interface Selected {
  readonly MaxConcurrency?: number;
  readonly Output?: string | Record<string, Record<string, unknown>>;
}
const procedure = (change: Partial<BatchedProcedureProps> = {}) =>
  parsed(
    synthStates((stack) => new BatchedProcedure(stack, 'Work', { ...FEWEST, ...change }), true),
  );
const statement = (change: Partial<RedshiftStatementProps> = {}) =>
  parsed(
    synthStates((stack) => {
      const fewest = { work: 'checks', step: 'checks', warehouse };
      const statements = { one: template('select 1'), two: template('select 2') };
      return new RedshiftStatement(stack, 'Work', { ...fewest, statements, ...change });
    }, true),
  );

describe('BatchedProcedure', () => {
  test('with the fewest props: one batch after the other in children that end in time, judged by status', () => {
    const { all, path } = procedure();
    expect(path).toEqual([
      'For each stretch of event batches',
      'Another stretch of event batches?',
      'All event batches done',
    ]);
    const { Payload } = all.get('Run event batches')!.Arguments!;
    expect(Payload).toMatchObject({
      step: 'events',
      plan: { kind: 'count', batches: 250 },
      statement: template('call a()'),
      evidence: { kind: 'status' },
      warehouse: { workgroup: 'w', database: 'd' },
    });
    expect(Payload).not.toHaveProperty('maxCalls');
    expect(Payload).not.toHaveProperty('item');
  });

  test('with all props: groups of its own size and number at a time, judged by a log', () => {
    const more = { groupSize: 20, groupConcurrency: 5, evidence: LOG, maxCalls: 7, inItem: true };
    const { all } = procedure({ ...more, ordered: false });
    const { Payload } = all.get('Run event batches')!.Arguments!;
    expect(Payload).toMatchObject({
      plan: {
        kind: 'count',
        first: '{% $states.input.value.first %}',
        batches: '{% $states.input.value.batches %}',
      },
      evidence: LOG,
      maxCalls: 7,
      item: '{% $states.input.item %}',
    });
    expect(all.get('For each group of event batches')!.MaxConcurrency).toBe(5);
  });

  test('inside an item, in order: its calls name the item', () => {
    const { all } = procedure({ inItem: true });
    expect(all.get('Run event batches')!.Arguments!.Payload.item).toBe('{% $states.input.item %}');
  });

  test.each([
    [
      undefined,
      250,
      [
        [0, 100],
        [100, 100],
        [200, 50],
      ],
    ],
    [100, 100, [[0, 100]]],
    [
      1,
      2,
      [
        [0, 1],
        [1, 1],
      ],
    ],
  ])('groups of %s cover %i batches, each once', async (groupSize, count, expected) => {
    const { all } = procedure({ ordered: false, batches: Batches.count(count), groupSize });
    expect(all.get('For each group of event batches')!.MaxConcurrency).toBe(2);
    const output = String(all.get('List the groups of event batches')!.Output);
    const expression = jsonata(output.replace(/^\{%|%\}$/g, ''));
    const { eventsGroups } = await expression.evaluate({}, { states: { input: {} } });
    const groups = JSON.parse(JSON.stringify(eventsGroups.todo)) as {
      value: { first: number; batches: number };
    }[];
    expect(groups.map(({ value }) => [value.first, value.batches])).toEqual(expected);
  });

  test.each([
    [Batches.growing(30, 5), { kind: 'growing', total: 30, by: 5 }],
    [
      Batches.ranges('{% $a %}', 'now', 24),
      { kind: 'ranges', from: '{% $a %}', to: 'now', hours: 24 },
    ],
    [
      Batches.ranges('{% $a %}', 'now', 24, '{% $b %}'),
      { kind: 'ranges', from: '{% $a %}', to: 'now', hours: 24, tail: '{% $b %}' },
    ],
  ])('tells the task how the work is cut: %#', (batches, plan) => {
    expect(procedure({ batches }).all.get('Run event batches')!.Arguments!.Payload.plan).toEqual(
      plan,
    );
  });

  test.each<[Partial<BatchedProcedureProps>, string]>([
    [{ step: 'my step' }, 'step must be letters only, got "my step"'],
    [
      { ordered: false, batches: Batches.growing(3, 1) },
      'batches without order are Batches.count(…), got growing',
    ],
    [
      { ordered: false, batches: Batches.count(2001), groupSize: 2 },
      '2001 batches in groups of 2 are more than 1000 groups; make the batches larger or set ordered',
    ],
  ])('refuses %j', (change, message) => {
    expect(() => procedure(change)).toThrow(message);
  });
});

describe('RedshiftStatement', () => {
  test('with the fewest props: its statements in their order, judged by status', () => {
    const { all, path } = statement();
    expect(path.at(-1)).toBe('All checks done');
    const { Payload } = all.get('Run checks')!.Arguments!;
    expect(Payload).toMatchObject({
      step: 'checks',
      plan: {
        kind: 'list',
        statements: [
          { name: 'one', ...template('select 1') },
          { name: 'two', ...template('select 2') },
        ],
      },
      evidence: { kind: 'status' },
    });
    expect(Payload).not.toHaveProperty('readOnly');
    expect(Payload).not.toHaveProperty('item');
  });

  test('with all props: rows as checks, read only, for an item', () => {
    const change = { evidence: { kind: 'checks' }, readOnly: true, inItem: true } as const;
    expect(statement(change).all.get('Run checks')!.Arguments!.Payload).toMatchObject({
      evidence: { kind: 'checks' },
      readOnly: true,
      item: '{% $states.input.item %}',
    });
  });

  test('refuses a step that cannot be a name in the state data', () => {
    expect(() => statement({ step: 'a-b' })).toThrow('step must be letters only, got "a-b"');
  });
});
