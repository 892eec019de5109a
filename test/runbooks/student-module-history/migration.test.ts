// The order of the migration, its two ways round, and what each state is told.

import jsonata from 'jsonata';
import {
  definitionsOf,
  exampleTarget,
  type State,
  statesOf,
  studentModuleHistoryTemplate,
} from '../../support/definitions';
import { grantsOf, type ParsedState } from '../../support/step-machine';

const STACK = 'example-student-module-history';
const template = studentModuleHistoryTemplate();
const definition = definitionsOf(template)[`${STACK}-migration`]!;
const all = new Map(statesOf(definition)) as Map<string, State & ParsedState>;
const payload = (name: string) => all.get(name)!.Arguments!.Payload;
const { studentModuleHistory: target } = exampleTarget();

const holds = async (condition: string, input: object): Promise<boolean> =>
  Boolean(await jsonata(condition.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input } }));

/** The states of the machine's own level that a run goes through. */
async function pathOf(input: Record<string, unknown>): Promise<string[]> {
  const states = definition.States as unknown as Record<string, ParsedState>;
  const data: Record<string, unknown> = {
    input: { dryRun: false, liveSource: false, readFrom: 'target', ...input },
    found: { inUse: true, ...(input.found as object) },
    prepared: { migrated: false },
    historyCopy: { todo: [] },
    historyVerify: { todo: [] },
    catchUp: { status: 'done' },
    writes: { status: 'done' },
  };
  const path: string[] = [];
  for (let at: string | undefined = definition.StartAt; at !== undefined; ) {
    const state: ParsedState = states[at]!;
    path.push(at);
    let next = state.Next ?? state.Default;
    for (const choice of [...(state.Choices ?? [])].reverse()) {
      const taken = await holds(choice.Condition, data);
      next = taken ? choice.Next : next;
    }
    // The same question is answered with yes once.
    const again = path.filter((name) => name === next).length > 1;
    expect(again).toBe(false);
    at = next;
  }
  return path.filter((name) => !/^(List|Settle|Any|All) /.test(name));
}

const HEAD = [
  'Check the input',
  'Look at both tables and their servers',
  'Only a dry run?',
  'Is there a history to move?',
];
const READY = [
  'Prepare the database of the new table',
  'Has Django made the new table?',
  'Ask at gate migrations',
  'Prove the new table and its first id',
  'Do writes move before the copy?',
];
const WRITES = [
  'Prove the first id before writes move',
  'Ask at gate switch-writes',
  'Did gate switch-writes ask about what is there now?',
  'Gate switch-writes is answered',
  'Prove the first id that was approved',
  'Changed since gate switch-writes?',
  'Gate switch-writes passed',
  'Wait until only the new table grows',
  'Have all writes moved?',
  'Are the rows copied already?',
];
const ROWS = [
  'Freeze the range of ids',
  'For each range of history to copy',
  'For each range of history to compare',
  'Do writes move only now?',
];
const TAIL = [
  'Rows are copied and writes have moved',
  'For each stretch of catch-up passes',
  'Another stretch of catch-up passes?',
  'Is only the new table read?',
];

describe('the order of a run', () => {
  it('moves the writes, copies, compares, catches up, and moves the reads', async () => {
    expect(await pathOf({})).toEqual([
      ...HEAD,
      ...READY,
      ...WRITES,
      ...ROWS,
      ...TAIL,
      'Ask at gate flip-reads',
      'Close the run',
    ]);
  });

  it('with a live source copies first, and moves the writes once', async () => {
    expect(await pathOf({ liveSource: true })).toEqual([
      ...HEAD,
      ...READY,
      ...ROWS,
      ...WRITES,
      ...TAIL,
      'Ask at gate flip-reads',
      'Close the run',
    ]);
  });

  it('ends without the last gate where both tables stay readable', async () => {
    const path = await pathOf({ readFrom: 'both' });
    expect(path.slice(-3)).toEqual([
      'Is only the new table read?',
      'Both tables stay readable',
      'Close the run',
    ]);
  });

  it('ends politely where there is no history', async () => {
    expect(await pathOf({ found: { inUse: false } })).toEqual([
      ...HEAD,
      'There is nothing to move',
      'Close the run',
    ]);
  });

  it('changes nothing in a dry run', async () => {
    expect(await pathOf({ dryRun: true })).toEqual([...HEAD.slice(0, 3), 'Report the plan']);
  });
});

describe('what the states are told', () => {
  it('names both tables with their servers everywhere', () => {
    const own = [...all].filter(([, { Arguments }]) => Arguments?.Payload.source);
    expect(own.map(([name]) => name).sort()).toEqual([
      'Compare chunks of history',
      'Copy chunks of history',
      'Copy chunks of the pass',
      'Freeze the range of ids',
      'Look at both tables and their servers',
      'Plan the next pass behind the copy',
      'Prepare the database of the new table',
      'Prove the first id before writes move',
      'Prove the first id that was approved',
      'Prove the new table and its first id',
      'Wait until only the new table grows',
    ]);
    for (const [, state] of own) {
      expect(state.Arguments!.Payload).toMatchObject({
        source: {
          host: target.source.host,
          port: 3306,
          secretArn: target.source.secretArn,
          user: null,
          region: 'us-east-1',
          database: 'edxapp',
          table: 'courseware_studentmodulehistory',
        },
        target: {
          host: target.target.host,
          database: 'edxapp_csmh',
          table: 'coursewarehistoryextended_studentmodulehistoryextended',
        },
      });
    }
  });

  it('lets the cut of the moment, and nothing else, bound what is copied', () => {
    const common = String(
      (
        all.get('For each range of history to copy') as unknown as {
          ItemSelector: { common: string };
        }
      ).ItemSelector.common,
    );
    expect(common).toContain("'cut': $states.input.frozen.cut");
    expect(payload('Copy chunks of the pass')).toMatchObject({
      phase: 'copy',
      cut: '{% $states.input.pass.cut %}',
      range: '{% $states.input.pass.range %}',
    });
  });

  it.each(['migrations', 'switch-writes', 'flip-reads'])(
    'asks at gate %s for seven days',
    (gate) => {
      expect(all.get(`Ask at gate ${gate}`)).toMatchObject({ TimeoutSeconds: 7 * 86_400 });
    },
  );

  it('lets only what prepares or moves the next id log in as the administrator', () => {
    const secrets = grantsOf(template, 'secretsmanager:GetSecretValue');
    const admins = Object.keys(secrets).filter((task) =>
      secrets[task]!.includes(target.target.adminSecretArn!),
    );
    expect(admins.sort()).toEqual([
      'AwaitWrites',
      'CheckOffset',
      'DiscoverHistory',
      'FreezeRange',
      'PlanPass',
      'PrepareHistory',
    ]);
    expect(secrets.CopyChunks).toEqual([target.source.secretArn, target.target.secretArn]);
  });

  it('has no administrator where none is configured', () => {
    const { adminSecretArn: _, ...plain } = target.target;
    const other = studentModuleHistoryTemplate({
      studentModuleHistory: { ...target, target: plain },
    });
    const states = new Map(statesOf(definitionsOf(other)[`${STACK}-migration`]!));
    expect(
      states.get('Prepare the database of the new table')!.Arguments!.Payload.admin,
    ).toBeNull();
    expect(JSON.stringify(other.toJSON())).not.toContain(target.target.adminSecretArn);
  });
});

describe('the catch-up', () => {
  const choice = (name: string) => all.get(name)!;
  /** The first of its ways whose condition holds. */
  const way = async (name: string, data: object): Promise<string | undefined> => {
    const { Choices = [], Default } = choice(name);
    const held = await Promise.all(Choices.map(({ Condition }) => holds(Condition, data)));
    return Choices.find((_, i) => held[i])?.Next ?? Default;
  };
  const range = { name: 'pass-1', lo: '1', hi: '2' };

  it.each([
    [{ status: 'running', range: null }, 'Room for another turn here?'],
    [{ status: 'pass', range }, 'Copy chunks of the pass'],
    [{ status: 'pass', range: null }, 'Remember what the pass has written'],
    [{ status: 'done', range: null }, 'Stretch of catch-up passes ended'],
  ])('after %j: %s', async (pass, expected) => {
    expect(await way('Is there a pass to copy?', { pass })).toBe(expected);
  });

  it('B12 goes on in a fresh execution after 500 turns, with what the last pass has found', async () => {
    expect(await way('Room for another turn here?', { turns: 499 })).toBe(
      'Plan the next pass behind the copy',
    );
    expect(await way('Room for another turn here?', { turns: 500 })).toBe(
      'Stretch of catch-up passes ended',
    );
    const map = all.get('For each stretch of catch-up passes') as unknown as { Items: string };
    const items = (input: object) =>
      jsonata(map.Items.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input } });
    const last = { pass: 3, quiet: 1, inserted: '0' };
    const [first] = await items({ found: {} });
    expect(first).toMatchObject({ turns: 0, last: { pass: 0, quiet: 0, inserted: '0' } });
    const [next] = await items({ catchUp: { status: 'handover', last } });
    expect(next).toMatchObject({ turns: 0, last });
  });

  it('B12 goes on in a fresh execution after 500 turns of one pass, where that pass was', async () => {
    const more = 'More chunks of the pass to copy?';
    const copied = { status: 'running' };
    expect(await way(more, { copied, turns: 499 })).toBe('Copy chunks of the pass');
    expect(await way(more, { copied, turns: 500 })).toBe('Stretch of catch-up passes ended');
    expect(await way(more, { copied: { status: 'done' }, turns: 500 })).toBe(
      'Remember what the pass has written',
    );
    const last = { pass: 3, quiet: 1, inserted: '0' };
    const pass = { status: 'pass', pass: 4, quiet: 1, range, hi: '2', cut: '9' };
    const { Output } = choice('Stretch of catch-up passes ended') as unknown as {
      Output: Record<string, string>;
    };
    const said = async (input: object) =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(Output).map(async ([name, text]) => [
            name,
            await jsonata(text.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input } }),
          ]),
        ),
      );
    const catchUp = await said({ pass, last, copied });
    expect(catchUp).toEqual({ status: 'handover', last, hi: '2', unfinished: pass });
    const map = all.get('For each stretch of catch-up passes') as unknown as { Items: string };
    const [next] = await jsonata(map.Items.replace(/^\{%|%\}$/g, '')).evaluate(
      {},
      { states: { input: { catchUp } } },
    );
    const begun = 'Has an earlier stretch begun a pass?';
    expect(await way(begun, next)).toBe('Copy chunks of the pass');
    expect(await way(begun, { turns: 0, last })).toBe('Plan the next pass behind the copy');
    const through = await said({ pass, last, copied: { status: 'done' } });
    expect(through).toMatchObject({ status: 'handover', unfinished: null });
    expect(await way(begun, { turns: 0, last, pass: null })).toBe(
      'Plan the next pass behind the copy',
    );
  });

  it.each([
    [range, { inserted: '17' }, '17'],
    [null, { inserted: '17' }, '0'],
    [null, undefined, '0'],
  ])('remembers what a pass has written: %#', async (of, copied, inserted) => {
    const { Output } = choice('Remember what the pass has written') as unknown as {
      Output: string;
    };
    const input = { pass: { pass: 2, quiet: 1, range: of }, ...(copied && { copied }) };
    const out = await jsonata(Output.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input } });
    expect(out.last).toEqual({ pass: 2, quiet: 1, inserted });
  });
});

it('costs little while nothing runs: no schedule, no network, one key', () => {
  for (const [type, count] of [
    ['AWS::KMS::Key', 1],
    ['AWS::Events::Schedule', 0],
    ['AWS::EC2::VPC', 0],
    ['AWS::EC2::VPCEndpoint', 0],
    ['AWS::CloudWatch::Dashboard', 0],
  ] as const) {
    template.resourceCountIs(type, count);
  }
  expect(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length).toBeLessThan(11);
});
