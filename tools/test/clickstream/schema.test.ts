// The schema workflow of the solution: one execution an application, one SQL element after the other.

import { CancelStatementCommand, ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import {
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { readTrouble } from '../../../lambdas/shared/foreign-trouble';
import { faultOf } from '../../rehearsal/faults/faults';
import { World } from './world';

const SCHEMA = 'CreateApplicationSchemasSQLExecutionStateMachine';
const APPS = ['shop', 'order'];
let world: World;
let sfn: SFNClient;

beforeAll(async () => {
  world = await World.start('clickstream-pipeline-upgrade');
  sfn = new SFNClient(world.clientConfig);
  await Promise.all(APPS.map((app) => world.setZone(app)));
  await world.upgrade();
  const ended = () => world.executions(SCHEMA).filter(({ status }) => status !== 'RUNNING');
  await world.until(() => ended().length === APPS.length);
});
afterAll(async () => {
  sfn.destroy();
  await world.stop();
});

const ofApp = (app: string) => world.executions(SCHEMA).find(({ name }) => name.startsWith(app))!;
const inputOf = (arn: string) =>
  JSON.parse(world.cloud.engine.describeExecution(arn).input) as { sqls: string[] };

async function causeOf(executionArn: string): Promise<string | undefined> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  return events[0]?.executionFailedEventDetails?.cause;
}

/** What stands at an address. */
function elementAt(uri: string): string {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri)!;
  return world.cloud.store.get(bucket!, key!)!.body.toString();
}

/** Starts the machine and waits for the end. */
async function run(app: string, sqls: readonly string[]) {
  const name = `${app}-${new Date(world.cloud.clock.now()).toISOString().replace(/[:.-]/g, '')}-9`;
  const stateMachineArn = ofApp(app)
    .arn.replace('execution', 'stateMachine')
    .replace(/:[^:]+$/, '');
  const input = JSON.stringify({ sqls });
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input }),
  );
  const status = () => world.cloud.engine.describeExecution(executionArn!).status;
  return { executionArn: executionArn!, status };
}

it('starts an execution an application, named by application, time and number', () => {
  expect(world.executions(SCHEMA).map(({ name }) => name)).toEqual([
    expect.stringMatching(/^shop-\d{8}T\d{9}Z-0$/),
    expect.stringMatching(/^order-\d{8}T\d{9}Z-1$/),
  ]);
  const { sqls } = inputOf(ofApp('shop').arn);
  expect(sqls).toHaveLength(87);
  expect(sqls[7]).toMatch(
    /^s3:\/\/clickstream-data-ab12\/data\/tmp\/my_project_ab12\/sqls\/shop-\w{19}\/7\.sql$/,
  );
});

it('fails at the first Python function, before the tables', async () => {
  expect(ofApp('shop').status).toBe('FAILED');
  expect(await causeOf(ofApp('shop').arn)).toContain(
    'Create function is not supported for language plpythonu anymore.',
  );
  const { sqls } = inputOf(ofApp('shop').arn);
  expect(elementAt(sqls[7]!)).toContain('convert_json_list');
  expect(await world.number("select count(*) from pg_tables where tablename = 'event_v2'")).toBe(0);
  expect(
    await world.number("select count(*) from pg_tables where tablename = 'clickstream_log_v2'"),
  ).toBe(2);
});

it('fails at the same element when it is redriven', async () => {
  const { arn } = ofApp('shop');
  await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  await world.until(() => ofApp('shop').status !== 'RUNNING');
  expect(ofApp('shop').status).toBe('FAILED');
  expect(
    await world.number(
      "select count(*) from rehearsal.query_history where query_text like '%convert_json_list%'",
    ),
  ).toBe(3);
});

it('runs an edited list, addresses and texts mixed, to its end', async () => {
  const { sqls } = inputOf(ofApp('shop').arn);
  const edited = sqls.flatMap((uri) => {
    const text = elementAt(uri);
    const [, rest] = text.split('$$;\n\n');
    const kept = /plpythonu/.test(text) ? [rest].filter((one) => one !== undefined) : [uri];
    return kept as string[];
  });
  expect(edited).toHaveLength(82);
  const { status } = await run('shop', edited);
  await world.until(() => status() !== 'RUNNING');
  expect(status()).toBe('SUCCEEDED');
  expect(
    await world.number(
      `select count(*) from pg_class as c join pg_namespace as n on n.oid = relnamespace
       where nspname = 'shop' and relname in ('event_v2', 'item_v2', 'session', 'user_v2',
         'clickstream_event_base_view', 'clickstream_event_view_v3')
         and pg_get_userbyid(relowner) = 'IAMR:clickstream-redshift-data-api'`,
    ),
  ).toBe(6);
  // The old views are gone, the old tables are not.
  expect(
    await world.number(
      "select count(*) from pg_matviews where matviewname like 'clickstream%view_v1' and schemaname = 'shop'",
    ),
  ).toBe(0);
  expect(await world.number('select count(*) from shop.event')).toBeGreaterThanOrEqual(200);
});

it('takes what exists already for done', async () => {
  const { status } = await run('shop', ['create table shop.event_v2 (x int)']);
  await world.until(() => status() !== 'RUNNING');
  expect(status()).toBe('SUCCEEDED');
});

it('trap 16: SQL workflow polled for FAILED only: a cancelled statement keeps the execution running until its two hours are over', async () => {
  world.cloud.faults.arm(faultOf('kind=delay,sql=select 42,seconds=3600'));
  const { executionArn, status } = await run('order', ['select 42']);
  await world.minutes(2);
  const [statement] = await world.withSolutionsRole(async (data) => {
    const { Statements = [] } = await data.send(new ListStatementsCommand({ Status: 'STARTED' }));
    await data.send(new CancelStatementCommand({ Id: Statements[0]?.Id }));
    return Statements;
  });
  expect(statement?.QueryString).toContain('select 42');
  await world.minutes(90);
  expect(status()).toBe('RUNNING');
  // What tells who watches: the machine asks on about a statement that is over.
  await expect(readTrouble(sfn, executionArn)).resolves.toMatchObject({
    statementId: statement!.Id,
    texts: ['statement ABORTED'],
  });
  await world.minutes(40);
  expect(status()).toBe('TIMED_OUT');
});
