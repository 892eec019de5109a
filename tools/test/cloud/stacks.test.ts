// Stacks of a solution: nested ones, their resources, and what somebody beside us makes of them.

import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import {
  type CloudFormationData,
  CloudFormationService,
} from '../../rehearsal/services/cloudformation';
import { account, region } from './house';
import { close, START, served } from './served';

afterEach(close);

const NAME = 'Pipe-DataModeling-ab12';
const NESTED = 'AWS::CloudFormation::Stack';
const tags = { version: 'v1.1.5', project: 'shop' };
const table = { logicalId: 'FileStatus', type: 'AWS::DynamoDB::Table', physicalId: 'files' };
const data: CloudFormationData = {
  stacks: [
    {
      name: NAME,
      tags,
      outputs: { Role: 'arn:role' },
      parameters: { Mode: 'New' },
      resources: [
        { logicalId: 'Bucket', type: 'AWS::S3::Bucket' },
        { logicalId: 'NewServerless', type: NESTED, outputs: { In: '1' }, resources: [table] },
      ],
    },
    { name: 'Far', region: 'eu-west-1' },
  ],
};

async function world(scenario = data, statements?: Parameters<typeof served>[1]) {
  const house = await served(({ clock, arn }) => {
    const arns = (where: string | undefined, resource: string) =>
      arn('cloudformation')(resource, where);
    return [new CloudFormationService(clock, arns, () => {}, scenario)] as const;
  }, statements);
  const client = new CloudFormationClient(house.config());
  const describe = async (StackName: string) =>
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
  const all = async () => {
    const names: string[] = [];
    for await (const { Stacks } of paginateDescribeStacks({ client }, {})) {
      names.push(...Stacks!.map(({ StackName }) => StackName!));
    }
    return names;
  };
  const history = async (StackName: string) => {
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents!.map((event) => event.ResourceStatus).reverse();
  };
  return { ...house, cloudformation: house.stands[0], client, describe, all, history };
}

const tagsOf = ({ Tags }: { Tags?: { Key?: string; Value?: string }[] }) =>
  Object.fromEntries(Tags!.map(({ Key, Value }) => [Key, Value]));

describe('a stack', () => {
  it('has tags, outputs and resources, and others nested in it', async () => {
    const { client, describe: ask, all } = await world();
    const stack = await ask(NAME);
    expect(tagsOf(stack)).toEqual(tags);
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: new Date(START),
      Outputs: [{ OutputKey: 'Role', OutputValue: 'arn:role' }],
      Parameters: [{ ParameterKey: 'Mode', ParameterValue: 'New' }],
    });
    const { StackResourceSummaries: [bucket, inner] = [] } = await client.send(
      new ListStackResourcesCommand({ StackName: NAME }),
    );
    expect(bucket).toMatchObject({
      LogicalResourceId: 'Bucket',
      PhysicalResourceId: expect.stringMatching(`^${NAME}-Bucket-[0-9A-Z]{12}$`),
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date(START),
    });
    expect(inner).toMatchObject({ LogicalResourceId: 'NewServerless', ResourceType: NESTED });
    const nested = await ask(inner!.PhysicalResourceId!);
    expect(tagsOf(nested)).toEqual(tags);
    expect(nested).toMatchObject({
      ParentId: stack.StackId,
      RootId: stack.StackId,
      Outputs: [{ OutputKey: 'In', OutputValue: '1' }],
    });
    expect(nested.StackName).toMatch(new RegExp(`^${NAME}-NewServerless-[0-9A-Z]{12}$`));
    const { StackResources } = await client.send(
      new DescribeStackResourcesCommand({
        StackName: nested.StackName,
        LogicalResourceId: 'FileStatus',
      }),
    );
    expect(StackResources).toMatchObject([
      { LogicalResourceId: 'FileStatus', PhysicalResourceId: 'files', StackId: nested.StackId },
    ]);
    expect(await all()).toEqual([NAME, nested.StackName]);
  });

  it('of another region is seen there only', async () => {
    const { config, describe: ask } = await world();
    await expect(ask('Far')).rejects.toMatchObject({ message: 'Stack with id Far does not exist' });
    const there = new CloudFormationClient(config('eu-west-1'));
    const { Stacks } = await there.send(new DescribeStacksCommand({}));
    expect(Stacks!.map(({ StackId }) => StackId)).toEqual([
      expect.stringMatching(`^arn:aws:cloudformation:eu-west-1:${account}:stack/Far/`),
    ]);
  });

  it('and its resources are told in pages', async () => {
    const resources = Array.from({ length: 230 }, (_, i) => ({
      logicalId: `R${i}`,
      type: 'AWS::S3::Bucket',
    }));
    const stacks = Array.from({ length: 23 }, (_, i) => ({ name: `S${i}` }));
    const { client, all } = await world({ stacks: [{ name: 'Large', resources }, ...stacks] });
    expect(await all()).toEqual(['Large', ...stacks.map(({ name }) => name)]);
    const pages: number[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: 'Large' })) {
      pages.push(page.StackResourceSummaries!.length);
    }
    expect(pages).toEqual([100, 100, 30]);
    const asked = new DescribeStacksCommand({ NextToken: 'x' });
    await expect(client.send(asked)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is seen with the right to it; all are, with the right to all', async () => {
    const Resource = `arn:aws:cloudformation:${region}:${account}:stack/Pipe-*/*`;
    const { describe: ask, all } = await world(data, [
      { Effect: 'Allow', Action: 'cloudformation:*', Resource },
    ]);
    await ask(NAME);
    await expect(all()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('an update by somebody else', () => {
  const work = {
    seconds: 60,
    tags: { version: 'v1.1.15', project: 'shop' },
    outputs: { Role: 'arn:other' },
  };

  it('shows its new contents when it is complete, in nested stacks too', async () => {
    const { cloudformation, describe: ask, all, clock, history } = await world();
    const ended = cloudformation.begin(NAME, work);
    const seen = [];
    for (const seconds of [0, 59, 1, 20]) {
      await clock.sleep(seconds * 1000);
      const { version } = tagsOf(await ask(NAME));
      const statuses = [];
      for (const name of await all()) statuses.push((await ask(name)).StackStatus);
      seen.push([version, ...statuses]);
    }
    expect(seen).toEqual([
      ['v1.1.5', 'UPDATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS'],
      ['v1.1.5', 'UPDATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS'],
      ['v1.1.15', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'],
      ['v1.1.15', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE'],
    ]);
    await expect(ended).resolves.toBe('UPDATE_COMPLETE');
    const [, nested] = await all();
    expect(tagsOf(await ask(nested!))).toEqual(work.tags);
    expect(await history(NAME)).toEqual([
      'UPDATE_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_COMPLETE',
    ]);
  });

  it('keeps a nested stack that stays, and replaces what is in it', async () => {
    const { cloudformation, client, clock, all } = await world();
    const before = await all();
    const added = { logicalId: 'New', type: 'AWS::S3::Bucket', physicalId: 'new' };
    void cloudformation.begin(NAME, {
      ...work,
      resources: [{ logicalId: 'NewServerless', type: NESTED, resources: [table, added] }],
    });
    await clock.sleep(80_000);
    expect(await all()).toEqual(before);
    const { StackResourceSummaries } = await client.send(
      new ListStackResourcesCommand({ StackName: before[1] }),
    );
    expect(StackResourceSummaries!.map((one) => one.PhysicalResourceId)).toEqual(['files', 'new']);
  });

  it('that fails rolls back and changes nothing', async () => {
    const { cloudformation, describe: ask, clock, client, history } = await world();
    const ended = cloudformation.begin(NAME, { ...work, fails: { reason: 'no room' } });
    await clock.sleep(80_000);
    await expect(ended).resolves.toBe('UPDATE_ROLLBACK_COMPLETE');
    const stack = await ask(NAME);
    expect(tagsOf(stack)).toEqual(tags);
    expect(stack.Outputs).toMatchObject([{ OutputValue: 'arn:role' }]);
    expect(await history(NAME)).toEqual([
      'UPDATE_IN_PROGRESS',
      'UPDATE_FAILED',
      'UPDATE_FAILED',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ]);
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: NAME }));
    expect(StackEvents!.flatMap((event) => event.ResourceStatusReason ?? [])).toEqual([
      'Resource update cancelled',
      'no room',
    ]);
  });

  it('may not even be rolled back, and is never begun twice', async () => {
    const { cloudformation, describe: ask, clock } = await world();
    const fails = { reason: 'no room', rollbackFails: true };
    const ended = cloudformation.begin(NAME, { ...work, fails });
    expect(() => cloudformation.begin(NAME)).toThrow('UPDATE_IN_PROGRESS state');
    await clock.sleep(60_000);
    await expect(ended).resolves.toBe('UPDATE_ROLLBACK_FAILED');
    await expect(ask(NAME)).resolves.toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_FAILED' });
  });

  it('takes no virtual time by itself: nobody waits for it', async () => {
    const { cloudformation, clock, describe: ask } = await world();
    void cloudformation.begin(NAME, work);
    for (const _ of [1, 2, 3]) {
      await expect(ask(NAME)).resolves.toMatchObject({ StackStatus: 'UPDATE_IN_PROGRESS' });
    }
    expect(clock.now()).toBe(START);
  });
});

describe('a creation by somebody else', () => {
  it('makes a stack with all that is in it', async () => {
    const { cloudformation, describe: ask, clock, client, history } = await world();
    const ended = cloudformation.create('Pipe-Streaming-ab12', {
      seconds: 60,
      tags,
      outputs: { Out: '1' },
      resources: [table],
    });
    await clock.sleep(0);
    await expect(ask('Pipe-Streaming-ab12')).resolves.toMatchObject({
      StackStatus: 'CREATE_IN_PROGRESS',
    });
    await clock.sleep(60_000);
    await expect(ended).resolves.toBe('CREATE_COMPLETE');
    expect(tagsOf(await ask('Pipe-Streaming-ab12'))).toEqual(tags);
    const StackName = 'Pipe-Streaming-ab12';
    const listed = await client.send(new ListStackResourcesCommand({ StackName }));
    expect(listed.StackResourceSummaries).toHaveLength(1);
    expect(await history(StackName)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
  });

  it('that fails leaves an empty stack behind', async () => {
    const { cloudformation, describe: ask, clock, client } = await world();
    const fails = { reason: 'no room', resource: 'Bucket', type: 'AWS::S3::Bucket' };
    const ended = cloudformation.create('New', { seconds: 60, resources: [table], fails });
    await clock.sleep(60_000);
    await expect(ended).resolves.toBe('ROLLBACK_COMPLETE');
    await expect(ask('New')).resolves.toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    const listed = await client.send(new ListStackResourcesCommand({ StackName: 'New' }));
    expect(listed.StackResourceSummaries ?? []).toEqual([]);
  });

  it('refuses a name that is taken', async () => {
    const { cloudformation } = await world();
    expect(() => cloudformation.create(NAME, {})).toThrow('already exists');
  });
});
