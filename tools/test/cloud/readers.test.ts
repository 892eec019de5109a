// What `runbooks init` reads of an account: RDS, EC2, Systems Manager and Secrets Manager through the SDK's own
// clients, so that each member comes back from the wire under the name the SDK gives it.

import {
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  GetSecretValueCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { TutorHost } from '../../rehearsal/host';
import { type Ec2Data, Ec2Service } from '../../rehearsal/services/ec2';
import { type RdsData, RdsService } from '../../rehearsal/services/rds';
import { SecretsService } from '../../rehearsal/services/secrets';
import { SystemsManagerService } from '../../rehearsal/services/ssm';
import { account, region } from './house';
import { close, served } from './served';

afterEach(close);

const MASTER = `arn:aws:secretsmanager:${region}:${account}:secret:rds!cluster-1-Ab12Cd`;
const [A, B, DB] = ['sg-0a', 'sg-0b', 'sg-0d'] as const;
const INSTANCE = { engine: 'mysql', vpc: 'vpc-1', subnets: ['subnet-1'], securityGroups: [DB] };

const rds = (data: RdsData) =>
  served(({ clock, arn }) => [new RdsService(clock, arn('rds'), data)]);
const ec2 = (data: Ec2Data) => served(() => [new Ec2Service(account, data)]);

describe('RDS', () => {
  it('tells of a cluster', async () => {
    const cluster = {
      ...{ id: 'edxapp', engine: 'aurora-mysql', host: 'edxapp.cluster-c0.example', port: 3307 },
      ...{ database: 'edxapp', iamLogin: true, masterSecretArn: MASTER },
      ...{ securityGroups: [DB, A], members: ['edxapp-1', 'edxapp-2'] },
    };
    const { config } = await rds({ clusters: [cluster] });
    const { DBClusters } = await new RDSClient(config()).send(new DescribeDBClustersCommand({}));
    expect(DBClusters).toEqual([
      {
        DBClusterIdentifier: 'edxapp',
        DBClusterArn: `arn:aws:rds:${region}:${account}:cluster:edxapp`,
        DatabaseName: 'edxapp',
        Engine: 'aurora-mysql',
        Endpoint: 'edxapp.cluster-c0.example',
        ReaderEndpoint: 'edxapp.cluster-ro-c0.example',
        Port: 3307,
        IAMDatabaseAuthenticationEnabled: true,
        MasterUserSecret: { SecretArn: MASTER, SecretStatus: 'active' },
        DBClusterMembers: [
          { DBInstanceIdentifier: 'edxapp-1', IsClusterWriter: true },
          { DBInstanceIdentifier: 'edxapp-2', IsClusterWriter: false },
        ],
        VpcSecurityGroups: [DB, A].map((VpcSecurityGroupId) => ({
          VpcSecurityGroupId,
          Status: 'active',
        })),
      },
    ]);
  });

  it('tells of an instance and its replica', async () => {
    const instances = [
      { ...INSTANCE, id: 'main', host: 'main.example' },
      { ...INSTANCE, id: 'copy', host: 'copy.example', replicaOf: 'main' },
    ];
    const { config } = await rds({ instances });
    const { DBInstances = [] } = await new RDSClient(config()).send(
      new DescribeDBInstancesCommand({}),
    );
    expect(DBInstances[0]).toMatchObject({
      Endpoint: { Address: 'main.example', Port: 3306 },
      ReadReplicaDBInstanceIdentifiers: ['copy'],
      DBSubnetGroup: { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-1' }] },
      IAMDatabaseAuthenticationEnabled: false,
    });
    expect(DBInstances[1]).toMatchObject({ ReadReplicaSourceDBInstanceIdentifier: 'main' });
  });

  it('tells page by page', async () => {
    const instances = Array.from({ length: 45 }, (_, i) => ({
      ...INSTANCE,
      ...{ id: `db-${i}`, host: `db-${i}.example` },
    }));
    const { config } = await rds({ instances });
    const pages: number[] = [];
    const paging = { client: new RDSClient(config()) };
    for await (const page of paginateDescribeDBInstances(paging, { MaxRecords: 20 })) {
      pages.push(page.DBInstances!.length);
    }
    expect(pages).toEqual([20, 20, 5]);
  });

  it('refuses what is not rehearsed, and who has no right', async () => {
    const { config } = await rds({});
    const one = new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'x' });
    await expect(new RDSClient(config()).send(one)).rejects.toThrow(/is not rehearsed/);
    const denied = await served(({ clock, arn }) => [new RdsService(clock, arn('rds'), {})], []);
    const call = new RDSClient(denied.config()).send(new DescribeDBClustersCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('EC2', () => {
  const host = { privateIp: '10.0.0.7', vpc: 'vpc-1', subnet: 'subnet-1', securityGroups: [DB] };

  it('tells of instances, all or those that were named', async () => {
    const instances = [
      { ...host, id: 'i-0a', tags: { Name: 'openedx', env: 'qa' } },
      { ...host, id: 'i-0b', state: 'stopped' },
    ];
    const client = new EC2Client((await ec2({ instances })).config());
    const all = await client.send(new DescribeInstancesCommand({}));
    expect(all.Reservations!.map(({ OwnerId }) => OwnerId)).toEqual([account, account]);
    const InstanceIds = ['i-0a'];
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds }));
    expect(Reservations!.flatMap(({ Instances }) => Instances)).toEqual([
      {
        InstanceId: 'i-0a',
        State: { Code: 16, Name: 'running' },
        PrivateIpAddress: '10.0.0.7',
        VpcId: 'vpc-1',
        SubnetId: 'subnet-1',
        SecurityGroups: [{ GroupId: DB, GroupName: DB }],
        Tags: [
          { Key: 'Name', Value: 'openedx' },
          { Key: 'env', Value: 'qa' },
        ],
      },
    ]);
  });

  it('tells what groups let in', async () => {
    const ingress = [
      { ports: [3306] as [number], groups: [A, B] },
      { ports: [8000, 9000] as [number, number], cidrs: ['10.0.0.0/8'] },
      { groups: [DB] },
    ];
    const { config } = await ec2({ securityGroups: [{ id: DB, vpc: 'vpc-1', ingress }] });
    const { SecurityGroups } = await new EC2Client(config()).send(
      new DescribeSecurityGroupsCommand({ GroupIds: [DB] }),
    );
    expect(SecurityGroups![0]!.IpPermissions).toMatchObject([
      {
        ...{ IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 },
        UserIdGroupPairs: [{ GroupId: A }, { GroupId: B }],
      },
      { FromPort: 8000, ToPort: 9000, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: DB }] },
    ]);
  });

  it('refuses in its own words', async () => {
    const client = new EC2Client((await ec2({})).config());
    await expect(
      client.send(new DescribeInstancesCommand({ InstanceIds: ['i-0c'] })),
    ).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
    await expect(
      client.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-0c'] })),
    ).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    const denied = await served(() => [new Ec2Service(account, {})], []);
    await expect(
      new EC2Client(denied.config()).send(new DescribeInstancesCommand({})),
    ).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

it('Systems Manager tells which nodes are there, and which of them answer', async () => {
  const { config } = await served(({ clock, arn }) => {
    const silent = clock.now() - 301_000;
    const hosts = [{ id: 'i-0a' }, { id: 'mi-0b', silentSince: silent }] as TutorHost[];
    return [new SystemsManagerService(clock, hosts, (of, what) => arn(of)(what), [])];
  });
  const { InstanceInformationList } = await new SSMClient(config()).send(
    new DescribeInstanceInformationCommand({ MaxResults: 50 }),
  );
  expect(InstanceInformationList).toMatchObject([
    { InstanceId: 'i-0a', PingStatus: 'Online', ResourceType: 'EC2Instance' },
    { InstanceId: 'mi-0b', PingStatus: 'ConnectionLost', ResourceType: 'ManagedInstance' },
  ]);
});

describe('Secrets Manager', () => {
  const prefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
  const secrets = { [`${prefix}edxapp/one-Ab12Cd`]: 'hunter2', plain: { username: 'a' } };
  const tags = { plain: { database: 'edxapp' } };
  const make = (statements?: Parameters<typeof served>[1]) =>
    served(({ clock }) => [new SecretsService(clock, prefix, secrets, tags)], statements);

  it('lists names and tags, page by page, and no value', async () => {
    const only = { Effect: 'Allow', Action: 'secretsmanager:ListSecrets', Resource: '*' } as const;
    const { config } = await make([only]);
    const client = new SecretsManagerClient(config());
    const all: unknown[] = [];
    for await (const { SecretList } of paginateListSecrets({ client }, { MaxResults: 1 })) {
      expect(SecretList).toHaveLength(1);
      all.push(...SecretList!);
    }
    expect(all).toEqual([
      { ARN: `${prefix}edxapp/one-Ab12Cd`, Name: 'edxapp/one', Tags: [] },
      {
        ...{ ARN: `${prefix}plain-rehear`, Name: 'plain' },
        Tags: [{ Key: 'database', Value: 'edxapp' }],
      },
    ]);
    expect(JSON.stringify(all)).not.toContain('hunter2');
    const SecretId = 'plain';
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
