// Which IAM roles a warehouse works with: asked and changed through the SDK, used to call functions.

import {
  DescribeClustersCommand,
  ModifyClusterIamRolesCommand,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  RedshiftServerlessClient,
  UpdateNamespaceCommand,
} from '@aws-sdk/client-redshift-serverless';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import {
  RedshiftServerlessService,
  RedshiftService,
} from '../../rehearsal/services/redshift-admin';
import { Server } from '../../rehearsal/services/server';
import { type AdministeredWarehouse, WarehouseRoles } from '../../rehearsal/warehouse/roles';
import { account, region, trustIn } from './house';

const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const [COPY, OURS, DEFAULT, TASK] = ['copy', 'ours', 'default', 'task'].map(role) as [
  string,
  string,
  string,
  string,
];
const SERVERLESS: AdministeredWarehouse = {
  kind: 'serverless',
  workgroup: 'shop',
  namespace: 'shop-data',
  arn: `arn:aws:redshift-serverless:${region}:${account}:workgroup/abc`,
  iamRoles: [COPY, DEFAULT],
  defaultIamRole: DEFAULT,
};
const CLUSTER: AdministeredWarehouse = {
  kind: 'provisioned',
  cluster: 'shop',
  arn: `arn:aws:redshift:${region}:${account}:cluster:shop`,
  iamRoles: [COPY],
};

let stop = async () => {};
afterEach(() => stop());

async function world(warehouse: AdministeredWarehouse, allowed = ['redshift*:*', 'iam:PassRole']) {
  const clock = new VirtualClock();
  const [iam, callers] = [new Iam(account), new Callers(clock)];
  const roles = new WarehouseRoles(warehouse, clock);
  const server = new Server({ clock, callers, iam, faults: new Faults([]), problems: [] });
  server.add(new RedshiftServerlessService(roles, clock), new RedshiftService(roles, clock));
  const endpoint = await server.start();
  iam.attach(TASK, { Statement: { Effect: 'Allow', Action: allowed, Resource: '*' } });
  const principal = { kind: 'role', arn: TASK, account } as const;
  const { credentials } = callers.mint(principal, newProcess());
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  stop = async () => {
    clock.stop();
    await server.stop();
  };
  const serverless = new RedshiftServerlessClient(config);
  const redshift = new RedshiftClient(config);
  return { clock, iam, roles, serverless, redshift };
}

const namespaceName = 'shop-data';

describe('a namespace', () => {
  it('is found through its workgroup, and shows its roles as the service prints them', async () => {
    const { serverless } = await world(SERVERLESS);
    const { workgroup } = await serverless.send(new GetWorkgroupCommand({ workgroupName: 'shop' }));
    expect(workgroup?.namespaceName).toBe(namespaceName);
    const { namespace } = await serverless.send(new GetNamespaceCommand({ namespaceName }));
    expect(namespace).toEqual({
      namespaceName,
      namespaceArn: `arn:aws:redshift-serverless:${region}:${account}:namespace/abc`,
      status: 'AVAILABLE',
      defaultIamRoleArn: DEFAULT,
      iamRoles: [COPY, DEFAULT].map((arn) => `IamRole(applyStatus=in-sync, iamRoleArn=${arn})`),
    });
  });

  it('gets a role some seconds after it was asked for, and takes no other change meanwhile', async () => {
    const { serverless, clock } = await world(SERVERLESS);
    const update = () =>
      serverless.send(
        new UpdateNamespaceCommand({
          namespaceName,
          iamRoles: [COPY, DEFAULT, OURS],
          defaultIamRoleArn: DEFAULT,
        }),
      );
    const { namespace } = await update();
    expect(namespace?.status).toBe('MODIFYING');
    expect(namespace?.iamRoles).toContain(`IamRole(applyStatus=adding, iamRoleArn=${OURS})`);
    await expect(update()).rejects.toMatchObject({ name: 'ConflictException' });
    await clock.sleep(30_000);
    const after = await serverless.send(new GetNamespaceCommand({ namespaceName }));
    expect(after.namespace?.status).toBe('AVAILABLE');
    expect(after.namespace?.iamRoles).toContain(`IamRole(applyStatus=in-sync, iamRoleArn=${OURS})`);
  });

  it('loses the roles and the default that an update leaves out', async () => {
    const { serverless, clock } = await world(SERVERLESS);
    await serverless.send(new UpdateNamespaceCommand({ namespaceName, iamRoles: [OURS] }));
    await clock.sleep(30_000);
    const { namespace } = await serverless.send(new GetNamespaceCommand({ namespaceName }));
    expect(namespace?.iamRoles).toEqual([`IamRole(applyStatus=in-sync, iamRoleArn=${OURS})`]);
    expect(namespace?.defaultIamRoleArn).toBeUndefined();
  });

  it.each([
    [
      'an unknown namespace',
      { namespaceName: 'other', iamRoles: [COPY] },
      'ResourceNotFoundException',
    ],
    ['what is no role', { namespaceName, iamRoles: ['copy'] }, 'ValidationException'],
    ['another change', { namespaceName, logExports: ['userlog' as const] }, 'ValidationException'],
  ])('refuses %s', async (_, input, name) => {
    const { serverless } = await world(SERVERLESS);
    await expect(serverless.send(new UpdateNamespaceCommand(input))).rejects.toMatchObject({
      name,
    });
  });

  it('is changed only by who may pass every role of the list', async () => {
    const { serverless } = await world(SERVERLESS, ['redshift-serverless:*']);
    const update = new UpdateNamespaceCommand({ namespaceName, iamRoles: [COPY] });
    await expect(serverless.send(update)).rejects.toThrow(/iam:PassRole on resource: .*role\/copy/);
  });
});

describe('a cluster', () => {
  const ClusterIdentifier = 'shop';

  it('gets roles beside its own', async () => {
    const { redshift, clock } = await world(CLUSTER);
    const look = async () => {
      const { Clusters } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }));
      return { status: Clusters?.[0]?.ClusterStatus, roles: Clusters?.[0]?.IamRoles };
    };
    expect(await look()).toEqual({
      status: 'available',
      roles: [{ IamRoleArn: COPY, ApplyStatus: 'in-sync' }],
    });
    const add = () =>
      redshift.send(new ModifyClusterIamRolesCommand({ ClusterIdentifier, AddIamRoles: [OURS] }));
    await add();
    expect(await look()).toEqual({
      status: 'modifying',
      roles: [
        { IamRoleArn: COPY, ApplyStatus: 'in-sync' },
        { IamRoleArn: OURS, ApplyStatus: 'adding' },
      ],
    });
    await expect(add()).rejects.toMatchObject({ name: 'InvalidClusterStateFault' });
    await clock.sleep(30_000);
    expect((await look()).roles?.map(({ ApplyStatus }) => ApplyStatus)).toEqual([
      'in-sync',
      'in-sync',
    ]);
  });

  it('that is not there is not found', async () => {
    const { redshift } = await world(CLUSTER);
    const input = { ClusterIdentifier: 'other' };
    await expect(redshift.send(new DescribeClustersCommand(input))).rejects.toMatchObject({
      name: 'ClusterNotFoundFault',
    });
  });
});

describe('a function', () => {
  const called: unknown[][] = [];
  const invoker = {
    invoke: async (...call: unknown[]) => {
      called.push(call);
      return 'answer';
    },
  };
  const { signal } = new AbortController();

  it('is called with a role of the warehouse that trusts both services', async () => {
    const { roles, iam } = await world(SERVERLESS);
    const call = roles.caller(iam, invoker, account);
    iam.protect(COPY, trustIn('redshift.amazonaws.com'));
    await expect(call('f', COPY, {}, signal)).rejects.toThrow(/sts:AssumeRole/);
    iam.protect(COPY, trustIn('redshift-serverless.amazonaws.com'));
    expect(await call('f', COPY, { num_records: 1 }, signal)).toBe('answer');
    const by = { kind: 'role', arn: COPY, account };
    expect(called.at(-1)).toEqual(['f', { num_records: 1 }, by, signal]);
  });

  it('is not called with a role that is not there, or not yet', async () => {
    const { roles, iam } = await world(SERVERLESS);
    const call = roles.caller(iam, invoker, account);
    const refused = `The requested role ${OURS} is not associated to cluster`;
    await expect(call('f', OURS, {}, signal)).rejects.toThrow(refused);
    roles.set([COPY, OURS]);
    await expect(call('f', OURS, {}, signal)).rejects.toThrow(refused);
  });

  it('of IAM_ROLE default is called with the default role', async () => {
    const { roles, iam } = await world(SERVERLESS);
    iam.protect(DEFAULT, trustIn('redshift.amazonaws.com'));
    iam.protect(DEFAULT, trustIn('redshift-serverless.amazonaws.com'));
    await roles.caller(iam, invoker, account)('f', 'default', {}, signal);
    expect(called.at(-1)?.[2]).toMatchObject({ arn: DEFAULT });
  });
});
