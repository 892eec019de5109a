import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { StepFunctionsService } from '../../rehearsal/services/step-functions';
import { ServiceError } from '../../rehearsal/types';
import { ask, distributed, House, task, throws } from './house';

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';
const RUN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

/** The SDK's own client, its requests answered by the stand-in instead of the network. */
function setUp(definition: object) {
  const house = new House();
  const service = new StepFunctionsService(house.engine, house.clock);
  const asked: string[] = [];
  const answer = async (request: { headers: Record<string, string>; body: Uint8Array }) => {
    const [, operation] = request.headers['x-amz-target']!.split('.');
    const call = service.call({
      operation: operation!,
      input: JSON.parse(new TextDecoder().decode(request.body)),
      principal: { kind: 'operator', arn: 'arn:aws:iam::000000000000:user/ann', account: '0' },
      region: 'us-east-1',
      signal: new AbortController().signal,
      authorize: (action, resource) => void asked.push(`${action} ${resource}`),
    });
    const [statusCode, body] = await call.then(
      (output) => [200, output] as const,
      (error: ServiceError) =>
        [error.status, { __type: error.code, message: error.message }] as const,
    );
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } };
  };
  const sfn = new SFNClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { handle: answer } as never,
  });
  house.create('machine', definition);
  const start = (input = '{}', name: string | undefined = 'run') =>
    sfn.send(new StartExecutionCommand({ stateMachineArn: ARN, input, name }));
  return { house, sfn, service, asked, start };
}

const one = { StartAt: 'T', States: { T: task('f', { End: true }) } };
const gate = { StartAt: 'G', States: { G: ask('f', { End: true }) } };
const each = {
  StartAt: 'M',
  States: { M: distributed('Each', { T: task('f', { End: true }) }, { End: true }) },
};
const named = (name: string) => expect.objectContaining({ name });

test('an execution is started, described, redriven and described again through the SDK', async () => {
  const { house, sfn, asked, start } = setUp(one);
  house.functions.f = (_payload, call) => (call === 1 ? throws('Broken')() : 'done');
  const { executionArn, startDate } = await start('{"a":1}');
  expect(executionArn).toBe(RUN);
  expect(startDate).toEqual(new Date('2026-01-05T09:00:00Z'));
  await house.engine.finished(RUN);
  const failed = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(failed).toMatchObject({
    stateMachineArn: ARN,
    name: 'run',
    status: 'FAILED',
    error: 'Broken',
    input: '{"a":1}',
    inputDetails: { included: true },
    redriveCount: 0,
    redriveStatus: 'REDRIVABLE',
    stopDate: startDate,
  });
  const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn }));
  expect(redriveDate).toEqual(startDate);
  await house.engine.finished(RUN);
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'SUCCEEDED',
    output: '"done"',
    redriveCount: 1,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven.',
  });
  await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toThrow(
    named('ExecutionNotRedrivable'),
  );
  const bare = await sfn.send(
    new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
  );
  expect(bare).toMatchObject({ status: 'SUCCEEDED', outputDetails: { included: false } });
  expect([bare.input, bare.output]).toEqual([undefined, undefined]);
  expect(new Set(asked)).toEqual(
    new Set([
      `states:StartExecution ${ARN}`,
      `states:DescribeExecution ${RUN}`,
      `states:RedriveExecution ${RUN}`,
    ]),
  );
});

test('the same name and input return the running execution; another input or a closed one do not', async () => {
  const { house, start } = setUp(one);
  house.functions.f = () => house.clock.sleep(60_000);
  const first = await start('{"a":1}');
  expect(await start('{"a":1}')).toMatchObject({ executionArn: first.executionArn });
  await expect(start('{"a":2}')).rejects.toThrow(named('ExecutionAlreadyExists'));
  await house.engine.finished(RUN);
  await expect(start('{"a":1}')).rejects.toThrow(named('ExecutionAlreadyExists'));
  expect(house.calls.f).toHaveLength(1);
});

const MAP_RUN = RUN.replace('execution:machine', 'mapRun:machine/Each');
const GHOST = Buffer.from('task-token:another house:x').toString('base64');

describe('refuses in the words of the service', () => {
  test.each([
    ['StartExecution', { stateMachineArn: ARN, input: '{"a":' }, 'InvalidExecutionInput', /JSON/],
    [
      'StartExecution',
      { stateMachineArn: ARN, input: JSON.stringify('ü'.repeat(140_000)) },
      'InvalidExecutionInput',
      /262144 bytes/,
    ],
    [
      'StartExecution',
      { stateMachineArn: ARN, input: JSON.stringify('x'.repeat(262_144)) },
      'ValidationException',
      /^1 validation error detected: Value at 'input' failed .* length less than or equal to 262144$/,
    ],
    ['StartExecution', { stateMachineArn: ARN, name: 'a b' }, 'InvalidName', /'a b'/],
    [
      'StartExecution',
      { stateMachineArn: ARN, name: 'n'.repeat(81), input: 1 },
      'SerializationException',
      /NUMBER_VALUE cannot be converted to string: input/,
    ],
    [
      'StartExecution',
      { name: '', input: null },
      'ValidationException',
      /^2 validation errors detected: Value null at 'stateMachineArn' .* not be null; Value '' at 'name' /,
    ],
    ['StartExecution', { stateMachineArn: `${ARN}x` }, 'StateMachineDoesNotExist', /machinex/],
    ['StartExecution', { stateMachineArn: RUN }, 'InvalidArn', /not valid in this context: exec/],
    [
      'StartExecution',
      { stateMachineArn: ARN, traceHeader: 'x' },
      'ValidationException',
      /does not know traceHeader/,
    ],
    ['DescribeExecution', { executionArn: RUN }, 'ExecutionDoesNotExist', /machine:run/],
    ['DescribeExecution', { executionArn: 'nonsense' }, 'InvalidArn', /nonsense/],
    ['DescribeExecution', { executionArn: { a: 1 } }, 'SerializationException', /structure/],
    ['DescribeStateMachineForExecution', { executionArn: RUN }, 'ExecutionDoesNotExist', /run/],
    ['RedriveExecution', { executionArn: RUN }, 'ExecutionDoesNotExist', /run/],
    [
      'RedriveExecution',
      { executionArn: RUN, clientToken: 'a b' },
      'ValidationException',
      /'clientToken' .* regular expression/,
    ],
    ['StopExecution', { executionArn: RUN, cause: 1 }, 'SerializationException', /cause/],
    ['DescribeMapRun', { mapRunArn: MAP_RUN }, 'ResourceNotFound', /Each:run/],
    ['ListExecutions', {}, 'ValidationException', /exactly one/],
    ['ListExecutions', { stateMachineArn: ARN, mapRunArn: ARN }, 'ValidationException', /one of/],
    [
      'ListExecutions',
      { stateMachineArn: ARN, statusFilter: 'PENDING_REDRIVE' },
      'ValidationException',
      /needs a mapRunArn/,
    ],
    [
      'ListExecutions',
      { stateMachineArn: ARN, statusFilter: 'DONE' },
      'ValidationException',
      /enum value set: \[RUNNING, SUCCEEDED/,
    ],
    [
      'ListExecutions',
      { stateMachineArn: ARN, maxResults: 1001 },
      'ValidationException',
      /less than or equal to 1000/,
    ],
    ['ListExecutions', { stateMachineArn: ARN, maxResults: '2' }, 'SerializationException', /STR/],
    ['ListExecutions', { stateMachineArn: ARN, maxResults: 1.5 }, 'SerializationException', /DEC/],
    ['ListExecutions', { stateMachineArn: ARN, nextToken: '%' }, 'InvalidToken', /Invalid token/],
    ['ListStateMachines', { nextToken: btoa('[1,2,3]') }, 'InvalidToken', /Invalid token/],
    ['SendTaskSuccess', { taskToken: 'x', output: '{}' }, 'InvalidToken', /Invalid token/],
    ['SendTaskSuccess', { taskToken: 'x' }, 'ValidationException', /'output' .* not be null/],
    ['SendTaskFailure', { taskToken: GHOST }, 'TaskDoesNotExist', /does not exist/],
    ['SendTaskHeartbeat', {}, 'ValidationException', /'taskToken' .* not be null/],
  ])('%s %j: %s', async (operation, input, code, message) => {
    const { service } = setUp(one);
    const call = service.call({ operation, input, authorize: () => {} } as never);
    const error = { code, message: expect.stringMatching(message), status: 400 };
    await expect(call).rejects.toMatchObject(error);
  });

  test('an output that is no JSON, or larger than 256 KiB, and leaves the task waiting', async () => {
    const { house, sfn, start } = setUp(gate);
    house.functions.f = () => null;
    await start();
    await house.pass(1);
    const taskToken: string = house.calls.f![0].token;
    const succeed = (output: string) => sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
    await expect(succeed('{')).rejects.toThrow(named('InvalidOutput'));
    const large = JSON.stringify('ü'.repeat(140_000));
    await expect(succeed(large)).rejects.toThrow(named('InvalidOutput'));
    await succeed('{}');
    expect((await house.engine.finished(RUN)).status).toBe('SUCCEEDED');
  });
});

test('a page’s token is good for its request, and for a day', async () => {
  const { house, sfn, start } = setUp(one);
  house.functions.f = () => 1;
  for (const name of ['a', 'b', 'c']) await start('{}', name);
  const list = (more: object) =>
    sfn.send(new ListExecutionsCommand({ stateMachineArn: ARN, maxResults: 1, ...more }));
  const { nextToken } = await list({});
  await house.pass(24 * 3600 - 1);
  expect((await list({ nextToken })).executions).toMatchObject([{ name: 'b' }]);
  await expect(list({ nextToken, statusFilter: 'FAILED' })).rejects.toThrow(named('InvalidToken'));
  await house.pass(2);
  await expect(list({ nextToken })).rejects.toThrow(named('InvalidToken'));
});

test('the machine of an execution is the one it was started with', async () => {
  const { house, sfn, start } = setUp(each);
  house.functions.f = (n) => n;
  await start('[1]');
  await house.engine.finished(RUN);
  const { items } = house.engine.listMapRuns(RUN);
  const mapRunArn = String(items[0]!.mapRunArn);
  const child = house.engine.listExecutions({ mapRunArn }).items[0]!.executionArn;
  await house.pass(60);
  house.engine.updateStateMachine(ARN, JSON.stringify({ QueryLanguage: 'JSONata', ...one }));
  const of = (executionArn: string) =>
    sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  const own = await of(RUN);
  expect(own).toMatchObject({ stateMachineArn: ARN, name: 'machine' });
  expect(own.updateDate).toEqual(new Date('2026-01-05T09:00:00Z'));
  expect(JSON.parse(own.definition!).StartAt).toBe('M');
  expect(await of(child)).toMatchObject({
    stateMachineArn: `${ARN}/Each`,
    mapRunArn,
    label: 'Each',
  });
});

test('a history comes in pages, from either end, with or without its data', async () => {
  const { house, sfn, start } = setUp(one);
  house.functions.f = () => 1;
  await start();
  await house.engine.finished(RUN);
  const read = (more: object) =>
    sfn.send(new GetExecutionHistoryCommand({ executionArn: RUN, maxResults: 4, ...more }));
  const first = await read({});
  const second = await read({ nextToken: first.nextToken });
  expect([...first.events!, ...second.events!].map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(second.nextToken).toBeUndefined();
  const back = await read({ reverseOrder: true });
  expect(back.events!.map(({ id }) => id)).toEqual([7, 6, 5, 4]);
  const [started] = first.events!;
  expect(started).toMatchObject({ type: 'ExecutionStarted', previousEventId: 0 });
  expect(started!.executionStartedEventDetails).toMatchObject({ input: '{}' });
  const bare = await read({ includeExecutionData: false });
  expect(bare.events![0]!.executionStartedEventDetails?.input).toBeUndefined();
  expect(first.events![2]).toMatchObject({
    taskScheduledEventDetails: {
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-east-1',
      parameters: '{"FunctionName":"f","Payload":{}}',
    },
  });
});

test('executions are listed newest first, by status, and a page survives new ones', async () => {
  const { house, sfn, start } = setUp(one);
  house.functions.f = () => house.clock.sleep(60_000);
  for (const name of ['a', 'b', 'c']) await start('{}', name);
  await sfn.send(new StopExecutionCommand({ executionArn: RUN.replace('run', 'b'), error: 'E' }));
  const list = async (more: object) => {
    const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn: ARN, ...more }));
    return { names: page.executions!.map(({ name }) => name), nextToken: page.nextToken };
  };
  const first = await list({ maxResults: 2 });
  await start('{}', 'd');
  expect(first.names).toEqual(['c', 'b']);
  expect((await list({ nextToken: first.nextToken })).names).toEqual(['a']);
  expect((await list({ statusFilter: 'ABORTED' })).names).toEqual(['b']);
  expect((await list({ redriveFilter: 'REDRIVEN' })).names).toEqual([]);
});

test('Map Runs and their children are found from the parent', async () => {
  const { house, sfn, asked, start } = setUp(each);
  house.functions.f = (n) => (n === 2 ? house.clock.sleep(1).then(throws('Broken')) : n);
  await start('[1,2]');
  await house.engine.finished(RUN);
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn: RUN }));
  const { mapRunArn } = mapRuns![0]!;
  expect(mapRuns![0]!.stateMachineArn).toBe(`${ARN}/Each`);
  expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
    executionArn: RUN,
    status: 'FAILED',
    maxConcurrency: 0,
    toleratedFailureCount: 0,
    redriveCount: 0,
    itemCounts: { total: 2, succeeded: 1, failed: 1, pending: 0, running: 0 },
    executionCounts: { failuresNotRedrivable: 0, pendingRedrive: 0 },
  });
  const { executions } = await sfn.send(
    new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED' }),
  );
  const child = await sfn.send(new DescribeExecutionCommand(executions![0] as never));
  expect(child).toMatchObject({
    mapRunArn,
    input: '2',
    status: 'FAILED',
    redriveStatus: 'REDRIVABLE_BY_MAP_RUN',
  });
  expect(asked).toContain(`states:DescribeMapRun ${mapRunArn}`);
  expect(asked).toContain(`states:ListExecutions ${mapRunArn}`);
  expect(asked).toContain(`states:DescribeExecution ${child.executionArn}`);
});

test('a token is answered once, on the right of the machine it belongs to', async () => {
  const { house, sfn, asked, start } = setUp(gate);
  house.functions.f = () => null;
  await start();
  await house.pass(1);
  const taskToken: string = house.calls.f![0].token;
  await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"answer":"approve"}' }));
  expect((await house.engine.finished(RUN)).output).toBe('{"answer":"approve"}');
  const late = sfn.send(new SendTaskFailureCommand({ taskToken }));
  await expect(late).rejects.toThrow(named('TaskTimedOut'));
  expect(asked).toContain(`states:SendTaskSuccess ${ARN}`);
});

test('machines are listed and described with their definition', async () => {
  const { house, sfn } = setUp(one);
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand());
  expect(stateMachines).toMatchObject([{ stateMachineArn: ARN, name: 'machine' }]);
  house.create('second', one);
  const first = await sfn.send(new ListStateMachinesCommand({ maxResults: 1 }));
  expect(first.stateMachines).toMatchObject([{ name: 'machine' }]);
  const { nextToken } = first;
  const rest = await sfn.send(new ListStateMachinesCommand({ maxResults: 1, nextToken }));
  expect(rest.stateMachines).toMatchObject([{ name: 'second' }]);
  expect(rest.nextToken).toBeUndefined();
  const machine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: ARN }));
  expect(JSON.parse(machine.definition!).StartAt).toBe('T');
});

test('an operation the runbooks do not use gets a clear refusal', async () => {
  const house = new House();
  const service = new StepFunctionsService(house.engine, house.clock);
  const call = service.call({ operation: 'CreateActivity', input: {} } as never);
  await expect(call).rejects.toThrow(
    new ServiceError(
      'UnknownOperationException',
      "the rehearsal's Step Functions API has no operation CreateActivity",
    ),
  );
});
