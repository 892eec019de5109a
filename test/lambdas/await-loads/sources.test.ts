import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { pendingFiles, runningJobs } from '../../../lambdas/await-loads/sources';

type Input = Record<string, unknown>;

/** A real client of the SDK whose calls are answered here, before anything leaves the process. */
function answering<C extends EMRServerlessClient | DynamoDBClient>(
  client: C,
  answer: (call: string, input: Input) => object,
) {
  const calls: { readonly call: string; readonly input: Input }[] = [];
  (client.middlewareStack as EMRServerlessClient['middlewareStack']).add(
    ((_: unknown, context: { commandName: string }) =>
      async ({ input }: { input: Input }) => {
        const call = context.commandName.replace('Command', '');
        calls.push({ call, input });
        return { output: { $metadata: {}, ...answer(call, input) }, response: {} };
      }) as never,
    { step: 'initialize' },
  );
  return { client, calls };
}

const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

it('trap 28: remembering the EMR application id across the upgrade: jobs of every application of the name count, also of one an earlier version has left', async () => {
  const { client, calls } = answering(new EMRServerlessClient(settings), (call, input) => {
    if (call === 'ListApplications') {
      const named = (id: string, name: string, state = 'STARTED') => ({ id, name, state });
      return input.nextToken
        ? {
            applications: [
              named('old', 'Clickstream-shop', 'STOPPED'),
              named('gone', 'Clickstream-shop', 'TERMINATED'),
            ],
          }
        : {
            applications: [named('new', 'Clickstream-shop'), named('x', 'Clickstream-shop2')],
            nextToken: 'more',
          };
    }
    const { applicationId, nextToken } = input;
    return nextToken || applicationId === 'old'
      ? { jobRuns: [{ id: 'last' }] }
      : { jobRuns: [{ id: 'one' }], nextToken: 'more' };
  });
  await expect(runningJobs(client, 'Clickstream-shop')).resolves.toEqual([
    'new/one',
    'new/last',
    'old/last',
  ]);
  const asked = calls.filter(({ call }) => call === 'ListJobRuns').map(({ input }) => input);
  expect(asked[0]).toMatchObject({
    applicationId: 'new',
    states: ['SUBMITTED', 'PENDING', 'SCHEDULED', 'RUNNING', 'CANCELLING', 'QUEUED'],
  });
});

it('trap 29: cancelling EMR jobs to get ahead: only ever lists', async () => {
  const { client, calls } = answering(new EMRServerlessClient(settings), (call) =>
    call === 'ListApplications'
      ? { applications: [{ id: 'a', name: 'n', state: 'STARTED' }] }
      : { jobRuns: [{ id: 'one' }] },
  );
  await runningJobs(client, 'n');
  expect(new Set(calls.map(({ call }) => call))).toEqual(
    new Set(['ListApplications', 'ListJobRuns']),
  );
});

it('trap 30: forgetting legacy load records: counts the records of each status by the index, page by page', async () => {
  const { client, calls } = answering(new DynamoDBClient(settings), (_, input) => {
    const [status] = Object.values(
      input.ExpressionAttributeValues as Record<string, { S: string }>,
    );
    const counts: Record<string, number> = { 'event#NEW': 2, 'event#PROCESSING': 1 };
    const more = status!.S === 'event#NEW' && !input.ExclusiveStartKey;
    return {
      Count: counts[status!.S] ?? 0,
      ...(more ? { LastEvaluatedKey: { s3_uri: { S: 'x' } } } : {}),
    };
  });
  await expect(pendingFiles(client, 'files', ['event', 'item'])).resolves.toEqual({
    'event#NEW': 4,
    'event#PROCESSING': 1,
  });
  expect(calls).toHaveLength(7);
  expect(calls[0]!.input).toMatchObject({
    TableName: 'files',
    IndexName: 'status_timestamp_index',
    Select: 'COUNT',
  });
});
