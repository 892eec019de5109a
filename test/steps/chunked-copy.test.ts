// ChunkedCopy and ChunkedComparison: what their states are told, by default and by each prop, and their rights.

import { Duration, Size, type Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import jsonata from 'jsonata';
import { ChunkedComparison, ChunkedCopy, type ChunkedCopyProps, ChunkSettings } from '../../lib';
import { MySqlServer } from '../../lib/steps/mysql-server';
import { COPY_DEFAULTS as SETTINGS } from '../support/copy-settings';
import { type State, statesOf } from '../support/definitions';
import { grantsOf, mainPath, synthStates } from '../support/step-machine';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/orders-Ab12Cd';
const VPC = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
const COLUMNS = [
  { source: 'customer', target: 'customer', kind: 'integer', nullable: false },
  { source: 'note', target: 'remark', kind: 'text', nullable: true },
] as const;

const fewest = (stack: Stack): ChunkedCopyProps => ({
  noun: 'orders',
  step: 'orders',
  source: {
    server: MySqlServer.withSecret({
      host: 'old.example',
      secret: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Login', SECRET),
    }),
    database: 'shop',
    table: 'orders',
  },
  target: {
    server: MySqlServer.withToken({ host: 'new.example', user: 'copier' }),
    database: 'archive',
    table: 'orders',
  },
  columns: COLUMNS,
  ranges: "[{ 'name': 'all', 'lo': '1', 'hi': '99' }]",
});

type Change = Partial<ChunkedCopyProps>;
type Selected = State & {
  readonly MaxConcurrency?: number;
  readonly Output?: string;
  readonly ItemSelector?: { readonly common: string };
  readonly Items?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
};

function parsed({ states, first, template }: ReturnType<typeof synthStates>) {
  const all = new Map(statesOf({ States: states as never })) as Map<string, Selected>;
  const payload = (name: string) => all.get(name)!.Arguments!.Payload as Record<string, unknown>;
  return { all, payload, template, path: mainPath(states, first) };
}
const copy = (change: Change = {}) =>
  parsed(
    synthStates((stack) => new ChunkedCopy(stack, 'Move', { ...fewest(stack), ...change }), true),
  );

const evaluated = async (text: string, input: unknown, context: unknown = {}) =>
  JSON.parse(
    JSON.stringify(
      await jsonata(text.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input, context } }),
    ),
  );
const commonOf = ({ all }: ReturnType<typeof copy>, verb = 'copy', input: unknown = {}) =>
  evaluated(all.get(`For each range of orders to ${verb}`)!.ItemSelector!.common, input);
const listed = async ({ all }: ReturnType<typeof copy>, input: unknown = {}) =>
  (await evaluated(all.get('List the ranges of orders to copy')!.Output!, input)).ordersCopy.todo;

describe('ChunkedCopy with the fewest props', () => {
  const made = copy();

  it('copies every range, then compares every range', () => {
    expect(made.path).toEqual([
      'List the ranges of orders to copy',
      'For each range of orders to copy',
      'Settle the ranges of orders to copy',
      'Any ranges of orders to copy left?',
      'All ranges of orders to copy done',
      'List the ranges of orders to compare',
      'For each range of orders to compare',
      'Settle the ranges of orders to compare',
      'Any ranges of orders to compare left?',
      'All ranges of orders to compare done',
    ]);
  });

  it.each([
    ['Copy chunks of orders', 'copy'],
    ['Compare chunks of orders', 'verify'],
  ])('tells %s both tables, their key and columns, and the range of the child', (name, phase) => {
    expect(made.payload(name)).toMatchObject({
      phase,
      addLate: true,
      source: {
        host: 'old.example',
        port: 3306,
        secretArn: SECRET,
        user: null,
        region: 'us-east-1',
        database: 'shop',
        table: 'orders',
      },
      target: { host: 'new.example', secretArn: null, user: 'copier', database: 'archive' },
      key: { source: 'id', target: 'id' },
      columns: COLUMNS,
      range: '{% $states.input.value %}',
      cut: '{% $states.input.common.cut %}',
      sameServer: '{% $states.input.common.sameServer %}',
      settings: '{% $states.input.common.settings %}',
      resumeStale: '{% $states.input.common.resumeStale %}',
      replicas: [],
      dbInstanceIdentifier: null,
      item: '{% $states.input.item %}',
    });
  });

  it('has no cut, two servers, one worker, and the documented settings', async () => {
    const common = { cut: null, sameServer: false, settings: SETTINGS, resumeStale: false };
    expect(await commonOf(made)).toEqual(common);
    expect(await commonOf(made, 'compare')).toEqual(common);
    expect(made.all.get('For each range of orders to copy')!.MaxConcurrency).toBe(1);
  });

  it('makes an item of each range', async () => {
    const value = { name: 'all', lo: '1', hi: '99' };
    expect(await listed(made)).toEqual([{ key: 'all', value }]);
  });

  it('B12 goes on in a fresh execution after 500 turns, and after as many again', async () => {
    const [again] = made.all.get('More chunks of orders to copy?')!.Choices!;
    const goesOn = (status: string, turns: number) =>
      evaluated(again!.Condition, { turn: { status }, turns });
    expect(await goesOn('running', 499)).toBe(true);
    expect(await goesOn('running', 500)).toBe(false);
    expect(await goesOn('done', 1)).toBe(false);
    const end = made.all.get('Stretch of copies of orders ended')!.Output!;
    const turn = { status: 'running', rows: '7' };
    expect(await evaluated(end, { turn })).toEqual({ status: 'handover', rows: '7' });
    expect(await evaluated(end, { turn: { ...turn, status: 'done' } })).toEqual({
      status: 'done',
      rows: '7',
    });
    const [fresh] = made.all.get('Another stretch of copies of orders?')!.Choices!;
    expect(fresh!.Next).toBe('For each stretch of copies of orders');
    expect(await evaluated(fresh!.Condition, { ordersCopyChunks: { status: 'handover' } })).toBe(
      true,
    );
    const items = made.all.get('For each stretch of copies of orders')!.Items!;
    expect(await evaluated(items, { value: 1, turns: 500 })).toEqual([{ value: 1, turns: 0 }]);
  });

  it('may log in on both sides, and asks nothing about storage', () => {
    const { template } = made;
    expect(grantsOf(template, 'secretsmanager:GetSecretValue').CopyChunks).toEqual([SECRET]);
    expect(grantsOf(template, 'rds-db:connect').CopyChunks).toEqual([
      expect.stringMatching(/:rds-db:us-east-1:\d{12}:dbuser:\*\/copier$/),
    ]);
    expect(grantsOf(template, 'cloudwatch:GetMetricData')).toEqual({});
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { Description: 'Task copy-chunks of the upgrade runbooks' },
    });
    expect(Object.values(functions)[0]!.Properties).not.toHaveProperty('VpcConfig');
  });

  it('comes with the machine that changes its settings', () => {
    made.template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'example-settings',
    });
  });

  it('says at every state what it does, in names that fit', () => {
    const silent = [...made.all].filter(([, { Comment }]) => !Comment);
    expect(silent.map(([name]) => name)).toEqual([]);
    expect([...made.all.keys()].filter((name) => name.length > 60)).toEqual([]);
  });
});

describe('ChunkedCopy with all props', () => {
  const server = MySqlServer.withToken({
    host: 'new.example',
    port: 3307,
    region: 'eu-west-1',
    user: 'copier',
    vpc: VPC,
  });
  const made = copy({
    source: { server, database: 'shop', table: 'orders' },
    target: { server, database: 'archive', table: 'orders' },
    key: { source: 'order_id', target: 'id' },
    ranges: '$states.input.frozen.ranges',
    cut: '$states.input.frozen.cut',
    sameServer: 'true',
    resumeStale: '$states.input.input.resumeStale',
    workers: 4,
    replicas: [{ host: 'reader.example', port: 3306 }],
    dbInstanceIdentifier: 'shop-1',
    settings: ChunkSettings.of({
      chunkTime: Duration.seconds(2),
      chunkSize: Size.mebibytes(4),
      niceRatio: 0,
      throttleMaxLag: Duration.seconds(10),
      throttlePauseThreads: 40,
      throttleAbortThreads: 80,
      throttleMaxHistoryList: 5000,
      throttleMaxCommit: Duration.millis(250),
      throttleMinFree: Size.gibibytes(20),
    }),
  });
  const input = { frozen: { ranges: [], cut: '5000' }, input: { resumeStale: true } };

  it('hands each of them to its children', async () => {
    expect(await commonOf(made, 'copy', input)).toEqual({
      cut: '5000',
      sameServer: true,
      resumeStale: true,
      settings: {
        chunkSeconds: 2,
        chunkMiB: 4,
        niceRatio: 0,
        maxLagSeconds: 10,
        pauseThreads: 40,
        abortThreads: 80,
        maxHistoryList: 5000,
        maxCommitMs: 250,
        minFreeGiB: 20,
      },
    });
    expect(made.all.get('For each range of orders to copy')!.MaxConcurrency).toBe(4);
    expect(made.payload('Copy chunks of orders')).toMatchObject({
      source: { port: 3307, region: 'eu-west-1' },
      key: { source: 'order_id', target: 'id' },
      replicas: [{ host: 'reader.example', port: 3306 }],
      dbInstanceIdentifier: 'shop-1',
    });
  });

  it.each([0, 1, 3])('takes %i ranges from the state data', async (count) => {
    const ranges = Array.from({ length: count }, (_, i) => ({ name: `r${i}`, lo: '1', hi: '2' }));
    const keys = (await listed(made, { frozen: { ranges } })) as { key: string }[];
    expect(keys.map(({ key }) => key)).toEqual(ranges.map(({ name }) => name));
  });

  it('runs where it reaches the servers, and may read their metrics', () => {
    made.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Task copy-chunks of the upgrade runbooks',
      VpcConfig: { SubnetIds: VPC.subnetIds, SecurityGroupIds: VPC.securityGroupIds },
    });
    expect(grantsOf(made.template, 'cloudwatch:GetMetricData').CopyChunks).toEqual(['*']);
    expect(grantsOf(made.template, 'rds-db:connect').CopyChunks![0]).toContain(':eu-west-1:');
  });

  it('takes settings of the run', async () => {
    const settings = ChunkSettings.fromJsonata('$states.input.input.settings');
    expect(
      await commonOf(copy({ settings }), 'copy', { input: { settings: SETTINGS } }),
    ).toMatchObject({ settings: SETTINGS });
  });
});

it.each<[string, Change, string]>([
  [
    'a step that is not letters',
    { step: 'my-orders' },
    'step must be letters only, got "my-orders"',
  ],
  ['no worker', { workers: 0 }, 'workers must be 1 to 8, got 0'],
  ['nine workers', { workers: 9 }, 'workers must be 1 to 8, got 9'],
  ['half a worker', { workers: 1.5 }, 'workers must be 1 to 8, got 1.5'],
  [
    'a table without columns',
    { columns: [] },
    'columns must name the columns beside the key, got none',
  ],
  [
    'chunks of a minute',
    { settings: ChunkSettings.of({ chunkTime: Duration.minutes(1) }) },
    'chunkTime in seconds is too big: expected number to be <=5, got 60',
  ],
  [
    'chunks of a gibibyte',
    { settings: ChunkSettings.of({ chunkSize: Size.gibibytes(1) }) },
    'chunkSize in MiB is too big: expected number to be <=64, got 1024',
  ],
  [
    'a rest of less than nothing',
    { settings: ChunkSettings.of({ niceRatio: -1 }) },
    'niceRatio is too small: expected number to be >=0, got -1',
  ],
  [
    'a lag of nothing',
    { settings: ChunkSettings.of({ throttleMaxLag: Duration.millis(0) }) },
    'throttleMaxLag in seconds is too small: expected number to be >=0.1, got 0',
  ],
  [
    'a stop before the pause',
    { settings: ChunkSettings.of({ throttlePauseThreads: 50 }) },
    'throttleAbortThreads must be more than throttlePauseThreads, got 50 and 50',
  ],
])('ChunkedCopy refuses %s', (_, change, message) => {
  expect(() => copy(change)).toThrow(message);
});

it('refuses servers that are reached from two places', () => {
  const at = (host: string, subnet: string) => ({
    server: MySqlServer.withToken({
      host,
      user: 'u',
      vpc: { ...VPC, subnetIds: [subnet] },
    }),
    database: 'd',
    table: 't',
  });
  expect(() => copy({ source: at('a', 'subnet-1'), target: at('b', 'subnet-2') })).toThrow(
    /a task runs in one VPC/,
  );
});

it('a ChunkedComparison compares, and copies nothing', () => {
  const { path, all } = parsed(
    synthStates((stack) => new ChunkedComparison(stack, 'Compare', fewest(stack)), true),
  );
  expect(path[0]).toBe('List the ranges of orders to compare');
  expect(path.at(-1)).toBe('All ranges of orders to compare done');
  const phases = [...all.values()].map(({ Arguments }) => Arguments?.Payload.phase);
  expect(phases.filter(Boolean)).toEqual(['verify']);
  const late = [...all.values()].map(({ Arguments }) => Arguments?.Payload.addLate);
  expect(late.filter((one) => one !== undefined)).toEqual([false]);
});
