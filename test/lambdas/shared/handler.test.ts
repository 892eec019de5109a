import { PreflightError } from '../../../lambdas/shared/errors';
import { taskHandler } from '../../../lambdas/shared/handler';
import { log } from '../../../lambdas/shared/log';

beforeAll(() => log.setLogLevel('SILENT'));
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 1_000 };
const payload = { version: 1, runId: 'run-1', selfArn: 'arn' };

it('gives the core the payload and what is left of its time', async () => {
  const handler = taskHandler(async (given: typeof payload, invocation) => [
    given.runId,
    invocation.requestId,
    invocation.remainingMs(),
  ]);
  await expect(handler(payload, context)).resolves.toEqual(['run-1', 'request-1', 1_000]);
});

it.each([0, 2, undefined])('refuses payload version %s by name', async (version) => {
  const core = jest.fn();
  await expect(
    taskHandler(core)({ ...payload, version: version as number }, context),
  ).rejects.toMatchObject({
    name: 'PayloadVersionError',
    message: expect.stringContaining('deploy the release that started the execution'),
  });
  expect(core).not.toHaveBeenCalled();
});

it.each([
  [Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })],
  [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  [Object.assign(new Error('x'), { name: 'ActiveStatementsExceededException' })],
])('turns the passing fault %s into one that the state retries', async (fault) => {
  const note = jest.fn();
  const handler = taskHandler(async () => Promise.reject(fault), note);
  await expect(handler(payload, context)).rejects.toMatchObject({
    name: 'TryAgainError',
    cause: fault,
  });
  expect(note).not.toHaveBeenCalled();
});

it.each([[new PreflightError(['x'])], [new TypeError('a bug')]])(
  'throws %s as it is and leaves it in the ledger',
  async (error) => {
    const note = jest.fn();
    await expect(
      taskHandler(async () => Promise.reject(error), note)(payload, context),
    ).rejects.toBe(error);
    expect(note).toHaveBeenCalledWith(payload, error);
  },
);
