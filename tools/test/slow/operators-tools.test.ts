// What an operator does with the AWS CLI and the AWS SDK against a rehearsal of the example target:
// start, follow, list, read, redrive, stop and answer. Time is real here, as it is for the operator.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  paginateGetExecutionHistory,
  paginateListExecutions,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { synthesize } from '../../cli/assembly';
import { Cloud } from '../../rehearsal/cloud';
import { aws, awsCli, CliError, onWire, type Printed } from './aws-cli';
import { ServiceModel } from './service-model';
import { arm, CLICKSTREAM, removeAssemblies, variant } from './support';

const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/;
const INPUT = {
  appIds: ['shop'],
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 720 },
  // Loads on their way would be waited for in real minutes.
  quietPeriod: false,
};
const proxies = { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' };
const before = { ...process.env };
const assembly = mkdtempSync(path.join(tmpdir(), 'assembly-'));
let cloud: Cloud;
let migration: string;

beforeAll(async () => {
  awsCli();
  // A proxy is for the world outside: neither the rehearsal nor its functions ask it.
  Object.assign(process.env, proxies);
  await synthesize('example', assembly, new AbortController().signal);
  const scenarioDir = variant(CLICKSTREAM, {});
  const account = path.join(scenarioDir, 'cloud.json');
  const scenario = JSON.parse(readFileSync(account, 'utf8'));
  scenario.cloudformation.seconds = { changeSet: 1, update: 2, cleanup: 1 };
  writeFileSync(account, JSON.stringify(scenario));
  cloud = await Cloud.start({
    assemblyDir: assembly,
    scenarioDir,
    clock: 'real',
    rows: 300,
  });
  migration = cloud.machineArn('example-clickstream-data-migration');
}, 120_000);

afterAll(async () => {
  await cloud?.stop();
  process.env = before;
  rmSync(assembly, { recursive: true });
  removeAssemblies();
});

const sfn = (operation: string, ...args: readonly string[]) =>
  aws(cloud, 'stepfunctions', operation, ...args);
const data = (operation: string, ...args: readonly string[]) =>
  aws(cloud, 'redshift-data', operation, ...args);
const describeRun = (arn: string) => sfn('describe-execution', '--execution-arn', arn);

/** Follows a run as an operator does, until its status is none of these. */
async function follow(arn: string, ...statuses: readonly string[]): Promise<Printed> {
  for (;;) {
    const seen = await describeRun(arn);
    if (!statuses.includes(seen.status)) return seen;
    await delay(500);
  }
}

async function startFailing(name: string): Promise<string> {
  arm(cloud, 'kind=error,sql=sp_migrate_user_to_v2(,nth=1,message=disk full');
  const started = await sfn(
    ...(['start-execution', '--state-machine-arn', migration, '--name', name] as const),
    ...['--input', JSON.stringify(INPUT)],
  );
  expect(started).toEqual({
    executionArn: `${migration.replace(':stateMachine:', ':execution:')}:${name}`,
    startDate: expect.stringMatching(WHEN),
  });
  const failed = await follow(started.executionArn, 'RUNNING');
  expect(failed).toMatchObject({
    name,
    status: 'FAILED',
    cause: expect.stringContaining('disk full'),
    redriveCount: 0,
    redriveStatus: 'REDRIVABLE',
    stopDate: expect.stringMatching(WHEN),
    input: JSON.stringify(INPUT),
    inputDetails: { included: true },
  });
  return started.executionArn;
}

describe('a run that fails', () => {
  let run: string;
  beforeAll(async () => {
    run = await startFailing('first');
  });

  test('its history is read in pages, from either end, with or without data', async () => {
    const read = (...more: readonly string[]) =>
      sfn('get-execution-history', '--execution-arn', run, ...more);
    const { events } = await read('--page-size', '7');
    const ids = events.map(({ id }: Printed) => id);
    expect(ids).toEqual(Array.from(ids, (_, i) => i + 1));
    expect(ids.length).toBeGreaterThan(20);
    expect(events[0]).toMatchObject({
      type: 'ExecutionStarted',
      timestamp: expect.stringMatching(WHEN),
      executionStartedEventDetails: { input: JSON.stringify(INPUT) },
    });
    const back = await read('--reverse-order', '--page-size', '5');
    expect(back.events).toEqual([...events].reverse());
    const last = await read('--reverse-order', '--max-items', '1');
    expect(last.events).toMatchObject([
      { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'ItemsLeftError' } },
    ]);
    const next = await read(
      '--reverse-order',
      '--starting-token',
      last.NextToken,
      '--max-items',
      '2',
    );
    expect(next.events).toEqual(back.events.slice(1, 3));
    const bare = await read('--no-include-execution-data', '--max-items', '1');
    expect(bare.events[0].executionStartedEventDetails.input).toBeUndefined();
  });

  test('the way down: map runs, their children, the child that failed', async () => {
    const { mapRuns } = await sfn('list-map-runs', '--execution-arn', run);
    const [first] = mapRuns;
    expect(first).toMatchObject({ executionArn: run, startDate: expect.stringMatching(WHEN) });
    const mapRunArn: string = first.mapRunArn;
    expect(await sfn('describe-map-run', '--map-run-arn', mapRunArn)).toMatchObject({
      executionArn: run,
      maxConcurrency: expect.any(Number),
      toleratedFailurePercentage: 100,
      itemCounts: { total: 1, failed: 1, succeeded: 0 },
      executionCounts: { total: 1, failed: 1 },
    });
    const of = ['--map-run-arn', mapRunArn];
    const failed = await sfn('list-executions', ...of, '--status-filter', 'FAILED');
    const [child] = failed.executions;
    expect(child).toMatchObject({ mapRunArn, status: 'FAILED' });
    const pending = await sfn('list-executions', ...of, '--status-filter', 'PENDING_REDRIVE');
    expect(pending.executions).toEqual([]);
    expect(await describeRun(child.executionArn)).toMatchObject({
      mapRunArn,
      redriveStatus: 'REDRIVABLE_BY_MAP_RUN',
    });
    const machine = ['--execution-arn', child.executionArn];
    expect(await sfn('describe-state-machine-for-execution', ...machine)).toMatchObject({
      mapRunArn,
      updateDate: expect.stringMatching(WHEN),
    });
    await expect(sfn('redrive-execution', ...machine)).rejects.toThrow('(ValidationException)');
  });

  test('redriven it succeeds, and history and lists say so', async () => {
    const answer = await sfn('redrive-execution', '--execution-arn', run);
    expect(answer).toEqual({ redriveDate: expect.stringMatching(WHEN) });
    await expect(sfn('redrive-execution', '--execution-arn', run)).rejects.toThrow(
      /\(ExecutionNotRedrivable\).*Execution is RUNNING and cannot be redriven/,
    );
    expect(await follow(run, 'RUNNING')).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      redriveDate: answer.redriveDate,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven.',
      outputDetails: { included: true },
    });
    const { events } = await sfn('get-execution-history', '--execution-arn', run);
    const types = events.map(({ type }: Printed) => type);
    expect(types.filter((type: string) => /Redriven/.test(type))).toEqual(['ExecutionRedriven']);
    // The items that failed run in a Map Run of their own.
    const { mapRuns } = await sfn('list-map-runs', '--execution-arn', run, '--page-size', '1');
    expect(mapRuns).toHaveLength(2);
    const redriven = await sfn(
      ...(['list-executions', '--state-machine-arn', migration] as const),
      ...['--redrive-filter', 'REDRIVEN'],
    );
    expect(redriven.executions).toMatchObject([{ executionArn: run, redriveCount: 1 }]);
  });
});

test('the SDK starts, pages and redrives; a name that was used is refused', async () => {
  const client = new SFNClient({
    endpoint: cloud.endpointUrl,
    region: cloud.region,
    credentials: cloud.operatorCredentials,
    maxAttempts: 1,
  });
  const executionArn = await startFailing('second');
  const start = (name: string, input: object) =>
    client.send(
      new StartExecutionCommand({ stateMachineArn: migration, name, input: JSON.stringify(input) }),
    );
  await expect(start('second', INPUT)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  const ids: number[] = [];
  const pages = paginateGetExecutionHistory({ client, pageSize: 10 }, { executionArn });
  for await (const { events } of pages) ids.push(...events!.map(({ id }) => id!));
  expect(ids).toEqual(ids.map((_, i) => i + 1));
  const redriven = await client.send(new RedriveExecutionCommand({ executionArn }));
  expect(redriven.redriveDate!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  await follow(executionArn, 'RUNNING');
  const names: unknown[] = [];
  const all = paginateListExecutions({ client, pageSize: 1 }, { stateMachineArn: migration });
  for await (const { executions } of all) names.push(...executions!.map(({ name }) => name));
  expect(names.slice(-2)).toEqual(['second', 'first']);
  client.destroy();
});

test('a run is stopped with a reason, listed as aborted, and redriven', async () => {
  arm(cloud, 'kind=delay,sql=sp_migrate_event_to_v2(,nth=1,seconds=3600');
  const { executionArn } = await sfn(
    ...(['start-execution', '--state-machine-arn', migration, '--name', 'third'] as const),
    ...['--input', JSON.stringify(INPUT)],
  );
  const running = ['--state-machine-arn', migration, '--status-filter', 'RUNNING'];
  const { executions } = await sfn('list-executions', ...running);
  expect(executions).toMatchObject([{ executionArn, name: 'third', redriveCount: 0 }]);
  const said = ['--error', 'Operator', '--cause', 'not tonight'];
  expect(await sfn('stop-execution', '--execution-arn', executionArn, ...said)).toEqual({
    stopDate: expect.stringMatching(WHEN),
  });
  expect(await describeRun(executionArn)).toMatchObject({
    status: 'ABORTED',
    error: 'Operator',
    cause: 'not tonight',
    redriveStatus: 'REDRIVABLE',
  });
  await sfn('redrive-execution', '--execution-arn', executionArn);
  expect(await follow(executionArn, 'RUNNING')).toMatchObject({ status: 'SUCCEEDED' });
});

/** Token of the gate a run waits at, from the event that scheduled it. */
async function tokenOf(executionArn: string): Promise<string> {
  for (;;) {
    const of = ['--execution-arn', executionArn, '--reverse-order', '--max-items', '3'];
    const { events } = await sfn('get-execution-history', ...of);
    const [scheduled] = events.filter(({ type }: Printed) => type === 'TaskScheduled');
    const text: string = scheduled?.taskScheduledEventDetails.parameters ?? '';
    const [, token] = /"token":"([^"]+)"/i.exec(text) ?? [];
    if (token !== undefined) return token;
    expect(await describeRun(executionArn)).toMatchObject({ status: 'RUNNING' });
    await delay(500);
  }
}

test('a gate’s token beats and is failed once; redriven, the gate is answered by its machine', async () => {
  const machine = cloud.machineArn('example-clickstream-console-update');
  const update = ['--state-machine-arn', machine, '--input', '{"targetVersion":"1.1.15"}'];
  const { executionArn } = await sfn('start-execution', ...update);
  const run = ['--execution-arn', executionArn];
  const of = ['--task-token', await tokenOf(executionArn)];
  expect(await sfn('send-task-heartbeat', ...of)).toBeUndefined();
  const broken = sfn('send-task-success', ...of, '--task-output', '{');
  await expect(broken).rejects.toThrow('(InvalidOutput)');
  const no = ['--error', 'Refused', '--cause', 'not tonight'];
  expect(await sfn('send-task-failure', ...of, ...no)).toBeUndefined();
  expect(await follow(executionArn, 'RUNNING')).toMatchObject({
    status: 'FAILED',
    error: 'Refused',
    cause: 'not tonight',
    redriveStatus: 'REDRIVABLE',
  });
  for (const send of ['send-task-failure', 'send-task-heartbeat']) {
    await expect(sfn(send, ...of)).rejects.toThrow(/\(TaskTimedOut\).*does not exist anymore/);
  }

  await sfn('redrive-execution', ...run);
  expect(await tokenOf(executionArn)).not.toBe(of[1]);
  // The gate's notice shows the input of the answer machine, ready to paste.
  const notice = cloud.notices.findLast(({ message }) => /"answer"\s*:/.test(message))!.message;
  const shown = JSON.parse(/\{[^{}]*"answer"[^{}]*\}/.exec(notice)![0]);
  const input = JSON.stringify({ ...shown, answer: 'approve', by: 'Ada', reason: 'read it' });
  const answer = ['--state-machine-arn', cloud.machineArn('example-clickstream-answer')];
  const answering = await sfn('start-execution', ...answer, '--input', input);
  expect(await follow(answering.executionArn, 'RUNNING')).toMatchObject({ status: 'SUCCEEDED' });
  expect(await follow(executionArn, 'RUNNING')).toMatchObject({ status: 'SUCCEEDED' });
});

test('machines are listed in pages and described', async () => {
  const { stateMachines } = await sfn('list-state-machines', '--page-size', '2');
  const names = stateMachines.map(({ name }: Printed) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('example-clickstream-data-migration');
  const some = await sfn('list-state-machines', '--max-items', '1');
  const rest = await sfn('list-state-machines', '--starting-token', some.NextToken);
  expect([...some.stateMachines, ...rest.stateMachines]).toEqual(stateMachines);
  const machine = await sfn('describe-state-machine', '--state-machine-arn', migration);
  expect(machine).toMatchObject({ status: 'ACTIVE', type: 'STANDARD' });
  expect(JSON.parse(machine.definition).QueryLanguage).toBe('JSONata');
});

describe('what is wrong is refused as AWS refuses it', () => {
  const none = 'arn:aws:states:us-east-1:000000000000:execution:none:none';
  const start = ['start-execution', '--state-machine-arn'] as const;
  const history = ['get-execution-history', '--execution-arn'] as const;
  test.each<[readonly [string, ...string[]], string]>([
    [
      [...start, 'arn:aws:states:us-east-1:000000000000:stateMachine:x'],
      'StateMachineDoesNotExist',
    ],
    [[...start, 'MIGRATION', '--name', 'a b'], 'InvalidName'],
    [[...start, 'MIGRATION', '--input', '{"a":'], 'InvalidExecutionInput'],
    [[...history, none], 'ExecutionDoesNotExist'],
    [[...history, 'nonsense'], 'InvalidArn'],
    [[...history, none, '--starting-token', 'nonsense'], 'InvalidToken'],
    [['send-task-success', '--task-token', 'x', '--task-output', '{}'], 'InvalidToken'],
    [['update-map-run', '--map-run-arn', none], 'UnknownOperationException'],
  ])('%j: %s', async (args, code) => {
    const given = args.map((arg) => arg.replace('MIGRATION', migration));
    const refused = sfn(...(given as [string, ...string[]]));
    await expect(refused).rejects.toThrow(CliError);
    await expect(refused).rejects.toThrow(`(${code})`);
  });
});

describe('the Data API', () => {
  const where = [
    '--workgroup-name',
    'clickstream-my-project-ab12',
    '--database',
    'my_project_ab12',
  ];

  async function end(id: string): Promise<Printed> {
    for (;;) {
      const seen = await data('describe-statement', '--id', id, '--wait-time-seconds', '30');
      if (/FINISHED|FAILED|ABORTED/.test(seen.Status)) return seen;
    }
  }

  test('a statement is run, followed, read in its types and found by its name', async () => {
    const sent = await data(
      ...([
        'execute-statement',
        '--sql',
        'select :n::int as n, 2.50::numeric(9,2) as d, null as z',
      ] as const),
      ...['--parameters', 'name=n,value=5', '--statement-name', 'by-hand', ...where],
    );
    expect(sent).toMatchObject({ CreatedAt: expect.stringMatching(WHEN), Database: where[3] });
    expect(await end(sent.Id)).toMatchObject({ Status: 'FINISHED', ResultRows: 1 });
    const { Records, ColumnMetadata } = await data('get-statement-result', '--id', sent.Id);
    expect(Records).toEqual([[{ longValue: 5 }, { stringValue: '2.50' }, { isNull: true }]]);
    expect(ColumnMetadata.map(({ typeName }: Printed) => typeName).slice(0, 2)).toEqual([
      ...['int4', 'numeric'],
    ]);
    const { Statements } = await data('list-statements', '--statement-name', 'by-h');
    expect(Statements).toMatchObject([{ Id: sent.Id, Status: 'FINISHED' }]);
  });

  test('a batch stops at its error, and one that runs is cancelled', async () => {
    const sqls = ['--sqls', 'select 1', 'select 1/0', 'select 2'];
    const { Id } = await data('batch-execute-statement', ...sqls, ...where);
    const { Status, SubStatements } = await end(Id);
    expect([Status, ...SubStatements.map((one: Printed) => one.Status)]).toEqual(
      'FAILED FINISHED FAILED ABORTED'.split(' '),
    );
    const slow = await data('execute-statement', '--sql', 'select pg_sleep(600)', ...where);
    expect(await data('cancel-statement', '--id', slow.Id)).toEqual({ Status: true });
    expect(await end(slow.Id)).toMatchObject({ Status: 'ABORTED' });
    await expect(data('cancel-statement', '--id', slow.Id)).rejects.toThrow(
      /\(ValidationException\).*already in ABORTED state/,
    );
    const unknown = ['--id', '00000000-0000-0000-0000-000000000000'];
    await expect(data('describe-statement', ...unknown)).rejects.toThrow('(ResourceNotFound');
    await expect(data('list-tables', ...where)).rejects.toThrow('(UnknownOperationException)');
  });
});

test('every answer fits the model the CLI comes with, member by member', async () => {
  const model = {
    AWSStepFunctions: ServiceModel.of('stepfunctions', awsCli()),
    RedshiftData: ServiceModel.of('redshift-data', awsCli()),
  };
  const ask = async (service: keyof typeof model, operation: string, input: object) => {
    const { status, body } = await onWire(cloud, `${service}.${operation}`, input);
    expect({ operation, status, body }).toMatchObject({ status: 200 });
    expect(model[service].problems(operation, body)).toEqual([]);
    return body;
  };
  const executionArn = `${migration.replace(':stateMachine:', ':execution:')}:first`;
  const ofRun = { executionArn };
  const states = (operation: string, input: object) => ask('AWSStepFunctions', operation, input);
  await states('DescribeExecution', ofRun);
  await states('DescribeStateMachine', { stateMachineArn: migration });
  await states('DescribeStateMachineForExecution', ofRun);
  await states('ListStateMachines', {});
  await states('ListExecutions', { stateMachineArn: migration });
  const { mapRuns } = await states('ListMapRuns', ofRun);
  for (const { mapRunArn } of mapRuns) {
    await states('DescribeMapRun', { mapRunArn });
    const { executions } = await states('ListExecutions', { mapRunArn });
    for (const child of executions) {
      const ofChild = { executionArn: child.executionArn };
      await states('DescribeExecution', ofChild);
      await states('DescribeStateMachineForExecution', ofChild);
      await states('GetExecutionHistory', { ...ofChild, maxResults: 1000 });
    }
  }
  await states('GetExecutionHistory', { ...ofRun, maxResults: 1000 });
  await states('StopExecution', ofRun);
  const redshift = (operation: string, input: object) => ask('RedshiftData', operation, input);
  const where = { WorkgroupName: 'clickstream-my-project-ab12', Database: 'my_project_ab12' };
  const Sqls = ['select 1 as n', "select 'x'", 'select null, 1.5::float8, true'];
  const { Id } = await redshift('BatchExecuteStatement', { ...where, Sqls, WaitTimeSeconds: 30 });
  await redshift('ExecuteStatement', { ...where, Sql: 'select 1' });
  await redshift('DescribeStatement', { Id, WaitTimeSeconds: 1 });
  for (const n of [1, 2, 3]) {
    await redshift('DescribeStatement', { Id: `${Id}:${n}` });
    await redshift('GetStatementResult', { Id: `${Id}:${n}` });
  }
  await redshift('ListStatements', { Status: 'ALL' });
  const slow = await redshift('ExecuteStatement', { ...where, Sql: 'select pg_sleep(60)' });
  await redshift('DescribeStatement', { Id: slow.Id });
  await redshift('CancelStatement', { Id: slow.Id });
  expect(cloud.problems).toEqual([]);
});
