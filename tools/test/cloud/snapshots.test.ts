// Snapshots of a warehouse, and the capacity of a workgroup, through the SDK.

import {
  CreateClusterSnapshotCommand,
  DescribeClusterSnapshotsCommand,
  ModifyClusterIamRolesCommand,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import {
  CreateSnapshotCommand,
  GetSnapshotCommand,
  GetWorkgroupCommand,
  ListSnapshotsCommand,
  RedshiftServerlessClient,
  UpdateNamespaceCommand,
  UpdateWorkgroupCommand,
} from '@aws-sdk/client-redshift-serverless';
import {
  RedshiftServerlessService,
  RedshiftService,
} from '../../rehearsal/services/redshift-admin';
import { type AdministeredWarehouse, WarehouseRoles } from '../../rehearsal/warehouse/roles';
import { account, region } from './house';
import { close, START, served } from './served';

afterEach(close);

const SERVERLESS: AdministeredWarehouse = {
  kind: 'serverless',
  workgroup: 'shop',
  namespace: 'shop-data',
  arn: `arn:aws:redshift-serverless:${region}:${account}:workgroup/abc`,
  baseCapacity: 32,
};
const CLUSTER: AdministeredWarehouse = {
  kind: 'provisioned',
  cluster: 'shop',
  arn: `arn:aws:redshift:${region}:${account}:cluster:shop`,
};

async function world(warehouse: AdministeredWarehouse, statements?: Parameters<typeof served>[1]) {
  const house = await served(({ clock }) => {
    const roles = new WarehouseRoles(warehouse, clock);
    return [
      new RedshiftServerlessService(roles, clock),
      new RedshiftService(roles, clock),
    ] as const;
  }, statements);
  const serverless = new RedshiftServerlessClient(house.config());
  return { ...house, serverless, redshift: new RedshiftClient(house.config()) };
}

describe('a snapshot of a namespace', () => {
  const input = { namespaceName: 'shop-data', snapshotName: 'runbook-1' };

  it('is there after its time', async () => {
    const { serverless, clock } = await world(SERVERLESS);
    const { snapshot: made } = await serverless.send(new CreateSnapshotCommand(input));
    expect(made).toMatchObject({
      ...input,
      status: 'CREATING',
      snapshotCreateTime: new Date(START),
    });
    await clock.sleep(120_000);
    const { snapshot } = await serverless.send(
      new GetSnapshotCommand({ snapshotName: 'runbook-1' }),
    );
    expect(snapshot).toEqual({ ...made, status: 'AVAILABLE' });
    const { snapshots } = await serverless.send(
      new ListSnapshotsCommand({ namespaceName: 'shop-data' }),
    );
    expect(snapshots).toEqual([snapshot]);
  });

  it('fails as often as the scenario says, in the time it says', async () => {
    const { serverless, clock } = await world({
      ...SERVERLESS,
      snapshots: { seconds: 5, fail: 1 },
    });
    const statuses = [];
    for (const snapshotName of ['first', 'second']) {
      await serverless.send(new CreateSnapshotCommand({ ...input, snapshotName }));
      await clock.sleep(5_000);
      const { snapshot } = await serverless.send(new GetSnapshotCommand({ snapshotName }));
      statuses.push(snapshot?.status);
    }
    expect(statuses).toEqual(['FAILED', 'AVAILABLE']);
  });

  it.each([
    ['a name that is taken', input, 'ConflictException'],
    ['another namespace', { ...input, namespaceName: 'x' }, 'ResourceNotFoundException'],
    ['a name that is none', { ...input, snapshotName: 'a--b' }, 'ValidationException'],
    ['no name', { ...input, snapshotName: undefined as never }, 'ValidationException'],
  ])('refuses %s', async (_, odd, name) => {
    const { serverless } = await world(SERVERLESS);
    await serverless.send(new CreateSnapshotCommand(input));
    await expect(serverless.send(new CreateSnapshotCommand(odd))).rejects.toMatchObject({ name });
    await expect(
      serverless.send(new GetSnapshotCommand({ snapshotName: 'other' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('needs the right to the namespace and to snapshots', async () => {
    const arn = (rest: string) => `arn:aws:redshift-serverless:${region}:${account}:${rest}`;
    const allow = (...Resource: string[]) =>
      [{ Effect: 'Allow', Action: 'redshift-serverless:CreateSnapshot', Resource }] as const;
    const create = new CreateSnapshotCommand(input);
    for (const one of ['namespace/*', 'snapshot/*']) {
      const { serverless } = await world(SERVERLESS, allow(arn(one)));
      await expect(serverless.send(create)).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
    const { serverless } = await world(SERVERLESS, allow(arn('namespace/*'), arn('snapshot/*')));
    await serverless.send(create);
  });

  it('of a warehouse in another region is made there', async () => {
    const { config } = await world(SERVERLESS);
    const elsewhere = new RedshiftServerlessClient(config('eu-west-1'));
    await expect(elsewhere.send(new CreateSnapshotCommand(input))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('the capacity of a workgroup', () => {
  const workgroupName = 'shop';
  const update = (baseCapacity: number, more = {}) =>
    new UpdateWorkgroupCommand({ workgroupName, baseCapacity, ...more });

  it('changes in a while, one change at a time', async () => {
    const { serverless, clock } = await world(SERVERLESS);
    const look = async () => {
      const { workgroup } = await serverless.send(new GetWorkgroupCommand({ workgroupName }));
      return [workgroup?.status, workgroup?.baseCapacity];
    };
    expect(await look()).toEqual(['AVAILABLE', 32]);
    await serverless.send(update(64));
    expect(await look()).toEqual(['MODIFYING', 64]);
    const busy = [
      update(32),
      new CreateSnapshotCommand({ namespaceName: 'shop-data', snapshotName: 'a' }),
    ];
    for (const command of busy) {
      await expect(serverless.send(command as never)).rejects.toMatchObject({
        name: 'ConflictException',
      });
    }
    await clock.sleep(120_000);
    expect(await look()).toEqual(['AVAILABLE', 64]);
    await serverless.send(new UpdateNamespaceCommand({ namespaceName: 'shop-data', iamRoles: [] }));
  });

  it.each([4, 8, 24, 512, 544, 1024])('may be %d', async (rpus) => {
    const { serverless } = await world(SERVERLESS);
    const { workgroup } = await serverless.send(update(rpus));
    expect(workgroup?.baseCapacity).toBe(rpus);
  });

  it.each([0, 5, 12, 520, 1032, 2048])('may not be %d', async (rpus) => {
    const { serverless } = await world(SERVERLESS);
    await expect(serverless.send(update(rpus))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('is all that can be changed', async () => {
    const { serverless } = await world(SERVERLESS);
    await expect(serverless.send(update(64, { maxCapacity: 128 }))).rejects.toThrow('maxCapacity');
  });
});

describe('a snapshot of a cluster', () => {
  const input = { ClusterIdentifier: 'shop', SnapshotIdentifier: 'runbook-1' };
  const status = async (redshift: RedshiftClient) => {
    const { Snapshots } = await redshift.send(new DescribeClusterSnapshotsCommand(input));
    return Snapshots?.map((one) => [one.SnapshotIdentifier, one.Status, one.SnapshotType]);
  };

  it('is there after its time', async () => {
    const { redshift, clock } = await world(CLUSTER);
    const { Snapshot } = await redshift.send(new CreateClusterSnapshotCommand(input));
    expect(Snapshot).toMatchObject({ ...input, SnapshotCreateTime: new Date(START) });
    expect(await status(redshift)).toEqual([['runbook-1', 'creating', 'manual']]);
    await clock.sleep(120_000);
    expect(await status(redshift)).toEqual([['runbook-1', 'available', 'manual']]);
  });

  it.each([
    ['a name that is taken', input, 'ClusterSnapshotAlreadyExistsFault'],
    ['another cluster', { ...input, ClusterIdentifier: 'x' }, 'ClusterNotFoundFault'],
    ['a name that is none', { ...input, SnapshotIdentifier: '1a' }, 'InvalidParameterValue'],
  ])('refuses %s', async (_, odd, name) => {
    const { redshift } = await world(CLUSTER);
    await expect(status(redshift)).rejects.toMatchObject({ name: 'ClusterSnapshotNotFoundFault' });
    await redshift.send(new CreateClusterSnapshotCommand(input));
    const create = new CreateClusterSnapshotCommand(odd);
    await expect(redshift.send(create)).rejects.toMatchObject({ name });
  });

  it('is not made while the cluster is being modified', async () => {
    const { redshift } = await world(CLUSTER);
    const AddIamRoles = [`arn:aws:iam::${account}:role/a`];
    await redshift.send(
      new ModifyClusterIamRolesCommand({ ClusterIdentifier: 'shop', AddIamRoles }),
    );
    const create = new CreateClusterSnapshotCommand(input);
    await expect(redshift.send(create)).rejects.toMatchObject({ name: 'InvalidClusterStateFault' });
  });

  it('needs the right to the cluster and to its snapshots', async () => {
    const arn = (rest: string) => `arn:aws:redshift:${region}:${account}:${rest}`;
    const Resource = [arn('cluster:shop'), arn('snapshot:shop/runbook-*')];
    const { redshift } = await world(CLUSTER, [
      { Effect: 'Allow', Action: 'redshift:*', Resource },
    ]);
    await redshift.send(new CreateClusterSnapshotCommand(input));
    expect(await status(redshift)).toHaveLength(1);
    const odd = new CreateClusterSnapshotCommand({ ...input, SnapshotIdentifier: 'x' });
    await expect(redshift.send(odd)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
