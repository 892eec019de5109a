// Applications and job runs as the SDK reads them.

import {
  EMRServerlessClient,
  GetJobRunCommand,
  ListApplicationsCommand,
  ListJobRunsCommand,
  paginateListJobRuns,
  StartJobRunCommand,
} from '@aws-sdk/client-emr-serverless';
import { EmrServerlessService } from '../../rehearsal/services/emr-serverless';
import { account, region } from './house';
import { close, START, served } from './served';

afterEach(close);

const NAME = 'Clickstream-shop';

async function world(statements?: Parameters<typeof served>[1]) {
  const house = await served(({ clock, bus, arn }) => {
    const publish = bus.publish.bind(bus);
    const applications = [{ name: NAME }, { name: NAME, region: 'eu-west-1' }];
    const emr = new EmrServerlessService(clock, arn('emr-serverless'), publish, { applications });
    return [emr] as const;
  }, statements);
  const { jobs } = house.stands[0];
  const [applicationId = ''] = jobs.named(NAME);
  const client = new EMRServerlessClient(house.config());
  return { ...house, jobs, applicationId, client };
}

const stateOf = async (client: EMRServerlessClient) => {
  const { applications } = await client.send(new ListApplicationsCommand({}));
  return applications?.map(({ name, state }) => `${name} ${state}`);
};

describe('a job run', () => {
  it('goes through its states, succeeds, and everybody hears of it after its work is there', async () => {
    const { jobs, applicationId, client, clock, events } = await world();
    const order: string[] = [];
    const jobRunId = jobs.startJobRun(applicationId, {
      name: 'shop_1',
      seconds: 60,
      onSuccess: () => order.push(`work after ${events.length} events`),
    });
    const states: (string | undefined)[] = [];
    for (const seconds of [0, 5, 5, 5, 60]) {
      await clock.sleep(seconds * 1000);
      const { jobRun } = await client.send(new GetJobRunCommand({ applicationId, jobRunId }));
      states.push(jobRun?.state);
    }
    expect(states).toEqual(['SUBMITTED', 'PENDING', 'SCHEDULED', 'RUNNING', 'SUCCESS']);
    expect(order).toEqual(['work after 4 events']);
    expect(events.at(-1)).toMatchObject({
      source: 'aws.emr-serverless',
      'detail-type': 'EMR Serverless Job Run State Change',
      region,
      detail: { jobRunId, applicationId, state: 'SUCCESS', previousState: 'RUNNING' },
    });
    const { jobRun } = await client.send(new GetJobRunCommand({ applicationId, jobRunId }));
    expect(jobRun?.createdAt).toEqual(new Date(START));
    expect(jobRun?.updatedAt).toEqual(new Date(START + 75_000));
    expect(jobRun?.arn).toBe(
      `arn:aws:emr-serverless:${region}:${account}:/applications/${applicationId}/jobruns/${jobRunId}`,
    );
  });

  it('that fails does no work', async () => {
    const { jobs, applicationId, clock, events } = await world();
    const worked = jest.fn();
    jobs.startJobRun(applicationId, { seconds: 1, fails: true, onSuccess: worked });
    await clock.sleep(60_000);
    expect(events.at(-1)?.detail.state).toBe('FAILED');
    expect(worked).not.toHaveBeenCalled();
  });

  it('is found by its state, page by page', async () => {
    const { jobs, applicationId, client, clock } = await world();
    for (const seconds of [1, 100, 100, 100]) jobs.startJobRun(applicationId, { seconds });
    await clock.sleep(30_000);
    const ids: (string | undefined)[] = [];
    const states = ['RUNNING', 'PENDING'] as const;
    const input = { applicationId, states: [...states], maxResults: 2 };
    for await (const { jobRuns } of paginateListJobRuns({ client, pageSize: 2 }, input)) {
      expect(jobRuns?.length).toBeLessThanOrEqual(2);
      ids.push(...(jobRuns ?? []).map(({ id }) => id));
    }
    expect(ids).toEqual(jobs.runs.slice(1).map(({ id }) => id));
  });
});

describe('an application', () => {
  it('is started by a job and stops when it had none for 15 minutes', async () => {
    const { jobs, applicationId, client, clock } = await world();
    expect(await stateOf(client)).toEqual([`${NAME} CREATED`]);
    jobs.startJobRun(applicationId, { seconds: 60 });
    jobs.startJobRun(applicationId, { seconds: 1800 });
    for (const [minutes, state] of [
      [1, 'STARTED'],
      [19, 'STARTED'],
      [25, 'STARTED'],
      [1, 'STOPPED'],
    ] as const) {
      await clock.sleep(minutes * 60_000);
      expect(await stateOf(client)).toEqual([`${NAME} ${state}`]);
    }
  });

  it('is not deleted while it is started, and not seen any more afterwards', async () => {
    const { jobs, applicationId, client, clock } = await world();
    jobs.startJobRun(applicationId, { seconds: 60 });
    expect(() => jobs.deleteApplication(applicationId)).toThrow('is started');
    await clock.sleep(3_600_000);
    jobs.deleteApplication(applicationId);
    expect(await stateOf(client)).toEqual([]);
    await expect(client.send(new ListJobRunsCommand({ applicationId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('of another region is seen there only', async () => {
    const { jobs, config, client } = await world();
    const there = new EMRServerlessClient(config('eu-west-1'));
    const [, applicationId] = jobs.named(NAME);
    await expect(there.send(new ListJobRunsCommand({ applicationId }))).resolves.toMatchObject({
      jobRuns: [],
    });
    await expect(client.send(new ListJobRunsCommand({ applicationId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('the API', () => {
  const list = (change: object) => new ListJobRunsCommand({ applicationId: '00f1', ...change });

  it.each([
    ['a state that is none', list({ states: ['DONE'] }), 'ValidationException'],
    ['too large a page', list({ maxResults: 51 }), 'ValidationException'],
    ['a member it does not know', list({ mode: 'BATCH' }), 'ValidationException'],
    ['an application that is not there', list({}), 'ResourceNotFoundException'],
    [
      'what is not rehearsed',
      new StartJobRunCommand({ applicationId: '00f1', executionRoleArn: 'r', clientToken: 't' }),
      'UnknownOperationException',
    ],
  ])('refuses %s', async (_, command, name) => {
    const { client, problems } = await world();
    await expect(client.send(command as never)).rejects.toMatchObject({ name });
    expect(problems).toEqual([]);
  });

  it('asks for the right to all applications to list them, and to one to see its job runs', async () => {
    const Resource = `arn:aws:emr-serverless:${region}:${account}:/applications/*`;
    const { client, applicationId } = await world([
      { Effect: 'Allow', Action: 'emr-serverless:*', Resource },
    ]);
    await client.send(new ListJobRunsCommand({ applicationId }));
    await expect(client.send(new ListApplicationsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
