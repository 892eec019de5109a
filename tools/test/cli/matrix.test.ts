import { shareOf } from '../../cli/matrix';
import {
  type Case,
  casesOf,
  draw,
  KINDS,
  placesOf,
  type Seen,
  specText,
  together,
} from '../../cli/matrix-cases';
import { differences, tried } from '../../cli/matrix-tries';
import { faultOf } from '../../rehearsal/faults/faults';
import { aboutOf, subjectOf } from '../../rehearsal/faults/subject';

const call = (change: Partial<Seen> = {}): Seen => {
  const subject = change.subject ?? 'run/progress intent';
  return {
    machine: 'shop-migration',
    state: 'Run event batches',
    task: 'RunBatches',
    service: 'dynamodb',
    operation: 'PutItem',
    subject,
    about: aboutOf(subject),
    ...change,
  };
};
const nths = (calls: Seen[]) =>
  placesOf('scene', calls, new Set()).map(({ faults }) => faults.map(({ nth }) => nth));

describe('places', () => {
  it('are calls that change something, by machine, state, function, operation and subject', () => {
    const calls = [
      call(),
      call({ operation: 'GetItem' }),
      call({ service: 'clickhouse', operation: 'Select' }),
      call({ state: 'Close the run' }),
      call({ machine: 'shop-release' }),
      call({ machine: undefined, state: undefined, task: 'NotifyStatus' }),
      call({ subject: 'run/batch done' }),
    ];
    expect(placesOf('scene', calls, new Set()).map(({ name }) => name)).toEqual([
      'shop-migration / Run event batches / RunBatches / dynamodb:PutItem run/progress intent',
      'shop-migration / Close the run / RunBatches / dynamodb:PutItem run/progress intent',
      'shop-release / Run event batches / RunBatches / dynamodb:PutItem run/progress intent',
      'an event / NotifyStatus / dynamodb:PutItem run/progress intent',
      'shop-migration / Run event batches / RunBatches / dynamodb:PutItem run/batch done',
    ]);
  });

  it.each([
    ['once', 1, [[1]]],
    ['twice', 2, [[1, 2]]],
    ['seven times', 7, [[1, 4]]],
  ])('made %s are broken in the first and in a later turn', (_, count, wanted) => {
    expect(nths(Array.from({ length: count }, () => call()))).toEqual(wanted);
  });

  it('count as the fault does: among the calls of the operation in the state about the same', () => {
    const [progress, batch] = [call(), call({ subject: 'run/batch done' })];
    expect(nths([progress, batch, call({ state: 'Other' }), progress, batch])).toEqual([
      [1, 2],
      [1, 2],
      [1],
    ]);
  });

  it('of an earlier scene are not found again', () => {
    const known = new Set<string>();
    placesOf('one', [call()], known);
    expect(placesOf('two', [call(), call({ state: 'Release' })], known)).toMatchObject([
      { scene: 'two', name: expect.stringContaining('Release') },
    ]);
  });
});

test.each([
  [
    'a statement without its comment',
    { service: 'redshift-data', operation: 'ExecuteStatement' },
    { Sql: '/* run-1 events 000001.1 1 */\ncall  shop.migrate(:days)' },
    'call shop.migrate(:days)',
  ],
  [
    'an item by its kind and where it stands',
    { service: 'dynamodb', operation: 'PutItem' },
    {
      Item: {
        pk: { S: 'run#run-1' },
        sk: { S: 'progress#events#shop' },
        attempt: { M: { state: { S: 'submitted' } } },
      },
    },
    'run/progress submitted',
  ],
  [
    'a statement of ClickHouse by its file',
    { service: 'clickhouse', operation: 'Backup' },
    { Sql: '/* run-20261122-0a1b back-up-to-disk */\nbackup database `xapi`' },
    'back-up-to-disk',
  ],
  [
    'a command for a host by what it does with a unit',
    { service: 'ssm', operation: 'SendCommand' },
    { Comment: 'start run-20261122-0a1b-install-1' },
    'start',
  ],
  ['a file by its kind', { service: 's3', operation: 'PutObject' }, { path: '/b/r.html' }, 'html'],
])('the subject of a call is %s', (_, what, input, subject) => {
  expect(subjectOf(what, input)).toBe(subject);
});

describe('cases', () => {
  const places = placesOf(
    'scene',
    [call(), call(), call({ state: 'Close, then rest' })],
    new Set(),
  );

  it('are each kind of fault at each turn, written as --fault takes them', () => {
    const cases = casesOf(places);
    expect(cases).toHaveLength(3 * KINDS.length);
    for (const { fault } of cases) expect(faultOf(specText(fault))).toEqual(fault);
    expect(cases.map(({ fault }) => [fault.kind, fault.when ?? '', fault.nth].join(' '))).toEqual(
      expect.arrayContaining([
        'kill after 2',
        'kill before 1',
        'lost-answer  2',
        'throttle  1',
        'error  1',
      ]),
    );
  });

  it('drawn are one of each place, the same for the same text, others for another', () => {
    const cases = casesOf(places);
    const drawn = draw(cases, 'a');
    expect(drawn.map(({ place }) => place).sort()).toEqual(places.map(({ name }) => name).sort());
    expect(draw(cases, 'a')).toEqual(drawn);
    const faults = ['a', 'b', 'c', 'd', 'e'].map((text) => JSON.stringify(draw(cases, text)));
    expect(new Set(faults).size).toBeGreaterThan(1);
  });

  it('the same state in two machines is drawn once, now from one and now from the other', () => {
    const fault = { kind: 'error', nth: 1 } as const;
    const twins = ['one', 'two'].map((machine) => ({
      scene: machine,
      place: `${machine} / Run it / RunIt / redshift-data:ExecuteStatement`,
      fault: { ...fault, machine },
    }));
    const drawn = ['a', 'b', 'c', 'd', 'e', 'f'].map((text) => draw(twins, text));
    expect(drawn.every((cases) => cases.length === 1)).toBe(true);
    expect(new Set(drawn.map(([one]) => one!.scene)).size).toBe(2);
  });
});

describe('cases tried in one run', () => {
  const at = (scene: string, state: string, nth = 1): Case => ({
    scene,
    place: `m / ${state} / T / s3:PutObject`,
    fault: { kind: 'error', machine: 'm', state, nth },
  });

  it('are of one scene, each at a place of its own, and no more than asked for', () => {
    const cases = [
      at('one', 'A'),
      at('one', 'A', 2),
      at('two', 'A'),
      at('one', 'B'),
      at('one', 'C'),
      at('one', 'D'),
    ];
    const groups = together(cases, 3);
    expect(groups.flat()).toHaveLength(cases.length);
    expect(groups.map((group) => group.map(({ fault }) => `${fault.state}${fault.nth}`))).toEqual([
      ['A1', 'B1', 'C1'],
      ['A2', 'D1'],
      ['A1'],
    ]);
  });

  it('may be in one state, at calls about something else', () => {
    const other = { ...at('one', 'A'), place: 'm / A / T / s3:PutObject manifest' };
    expect(together([at('one', 'A'), other], 9)).toEqual([[at('one', 'A'), other]]);
  });

  it('of a function that events invoke are two at most: it has three tries, and no redrive', () => {
    const noticed = (place: string) => ({
      place: `an event / NotifyStatus / ${place}`,
      scene: 'one',
      fault: faultOf('kind=error,task=NotifyStatus'),
    });
    const groups = together(['get', 'put', 'publish'].map(noticed), 40);
    expect(groups.map((group) => group.length)).toEqual([2, 1]);
  });

  it('are alone when one at a time is asked for', () => {
    expect(together([at('one', 'A'), at('one', 'B')], 1)).toHaveLength(2);
  });
});

describe('the end of a run', () => {
  const clean = new Map([
    ['rows', '5'],
    ['time', '12:00'],
    ['statement', '1'],
  ]);
  const volatile = new Set(['time']);

  it('is equal when nothing differs but what time changes', () => {
    const end = new Map([...clean, ['time', '12:01']] as [string, string][]);
    expect(differences(clean, volatile, end)).toEqual([]);
  });

  test.each([
    ['has another value', ['statement', '2'], 'statement: 2 instead of 1'],
    ['has something more', ['lease', 'held'], 'lease: held instead of nothing'],
  ])('differs when it %s', (_, line, message) => {
    const end = new Map([...clean, line as [string, string]]);
    expect(differences(clean, volatile, end)).toEqual([message]);
  });

  it('differs when something is missing', () => {
    const end = new Map([...clean].filter(([name]) => name !== 'rows'));
    expect(differences(clean, volatile, end)).toEqual(['rows: nothing instead of 5']);
  });
});

describe('parts', () => {
  it('have each group once between them, and alike many', () => {
    const groups = Array.from({ length: 11 }, (_, i) => i);
    const parts = [1, 2, 3].map((number) => shareOf(groups, { number, of: 3 }));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(groups);
    expect(parts.map(({ length }) => length)).toEqual([4, 4, 3]);
    expect(shareOf(groups)).toEqual(groups);
  });
});

describe('cases in one run', () => {
  const all = ['a', 'b', 'c', 'd'].map((task) => ({
    place: task,
    scene: 'one',
    fault: faultOf(`kind=error,task=${task}`),
  }));
  /** Plays groups of faults: `strikes` says which of them strike, `end` how it ends. */
  const trying = (strikes: (tasks: string[]) => string[], end: (tasks: string[]) => string) => {
    const played: string[] = [];
    const playWith = async (_: string, faults: readonly { task?: string }[]) => {
      const tasks = faults.map(({ task }) => task!);
      played.push(tasks.join(''));
      const struck = strikes(tasks).map((task) => faultOf(`kind=error,task=${task}`));
      const ended = new Map([['rows', end(tasks)]]);
      return {
        clean: new Map([['rows', '3']]),
        volatile: new Set<string>(),
        played: { calls: [], end: ended, redrives: 0, struck },
      };
    };
    return { played, stage: { playWith, signal: new AbortController().signal } };
  };
  const lines: string[] = [];
  const terminal = { line: (text = '') => void lines.push(text) };
  const equal = (results: { differences: readonly string[]; place: string }[]) =>
    results
      .filter((one) => one.differences.length === 0)
      .map(({ place }) => place)
      .sort()
      .join('');

  it('that did not strike for another one are tried without it; the others are not played again', async () => {
    const { stage, played } = trying(
      (tasks) => (tasks.includes('a') ? tasks.filter((task) => task !== 'c') : tasks),
      () => '3',
    );
    expect(equal(await tried(stage, all, terminal))).toBe('abcd');
    expect(played).toEqual(['abcd', 'c']);
  });

  it('that did not strike are left for a run with those of other groups', async () => {
    const { stage, played } = trying(
      (tasks) => (tasks.includes('a') ? tasks.filter((task) => task !== 'c') : tasks),
      () => '3',
    );
    const left: Case[] = [];
    const results = await tried(stage, all, terminal, (cases) => left.push(...cases));
    expect([equal(results), results.length]).toEqual(['abd', 3]);
    expect(left.map(({ place }) => place)).toEqual(['c']);
    expect(played).toEqual(['abcd']);
  });

  it('that never strike are no proof', async () => {
    const { stage } = trying(
      (tasks) => tasks.filter((task) => task !== 'c'),
      () => '3',
    );
    const results = await tried(stage, all, terminal);
    expect(equal(results)).toBe('abd');
    expect(results.find(({ place }) => place === 'c')!.differences).toEqual([
      'the fault did not strike',
    ]);
  });

  it('one of which leads to another end are tried in halves until it stands alone', async () => {
    const { stage, played } = trying(
      (tasks) => tasks,
      (tasks) => (tasks.includes('d') ? '4' : '3'),
    );
    const results = await tried(stage, all, terminal);
    expect(equal(results)).toBe('abc');
    expect(played).toEqual(['abcd', 'ab', 'cd', 'c', 'd']);
    expect(results.find(({ place }) => place === 'd')!.differences).toEqual([
      'rows: 4 instead of 3',
    ]);
  });
});
