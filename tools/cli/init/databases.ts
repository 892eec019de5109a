// Which servers of MySQL an account has in a region, as RDS tells of them: rds:DescribeDBClusters and
// rds:DescribeDBInstances, which read.

import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  RDSClient,
  type VpcSecurityGroupMembership,
} from '@aws-sdk/client-rds';
import type { Aws } from '../operate/aws';
import type { Server } from './addresses';

/** A cluster, or an instance that is in none. */
export interface Database {
  readonly id: string;
  readonly arn: string;
  /** `aurora-mysql`, `mysql` or `mariadb`. */
  readonly engine: string;
  readonly isCluster: boolean;
  /** Instances of the cluster. */
  readonly members: readonly string[];
  /** The writer. @default - RDS is still making it */
  readonly endpoint?: Required<Server>;
  /** Database that was made with the server. */
  readonly database?: string;
  readonly iamLogin: boolean;
  /** Secret in which RDS keeps the administrator's password. */
  readonly masterSecretArn?: string;
  readonly vpcId?: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Replicas in the region; those of a cluster are found by the runbook itself. */
  readonly replicas: readonly Server[];
  /** Server that it follows. */
  readonly replicaOf?: string;
}

const ENGINES = /^(aurora|aurora-mysql|mysql|mariadb)$/;
/** A port that a target need not name. */
export const MYSQL_PORT = 3306;

export async function readDatabases(aws: Aws): Promise<Database[]> {
  const client = aws.of('rds', (settings) => new RDSClient(settings));
  const clusters: DBCluster[] = [];
  for await (const page of paginateDescribeDBClusters({ client }, {})) {
    clusters.push(...(page.DBClusters ?? []));
  }
  const instances: DBInstance[] = [];
  for await (const page of paginateDescribeDBInstances({ client }, {})) {
    instances.push(...(page.DBInstances ?? []));
  }
  const ours = ({ Engine = '' }: DBCluster | DBInstance) => ENGINES.test(Engine);
  const alone = instances.filter((one) => !one.DBClusterIdentifier);
  return [
    ...clusters.filter(ours).map((one) => clusterOf(one, instances)),
    ...alone.filter(ours).map((one) => instanceOf(one, instances)),
  ];
}

function clusterOf(one: DBCluster, instances: readonly DBInstance[]): Database {
  const members = instances.filter((each) => each.DBClusterIdentifier === one.DBClusterIdentifier);
  return {
    id: one.DBClusterIdentifier!,
    arn: one.DBClusterArn!,
    isCluster: true,
    members: members.map((each) => each.DBInstanceIdentifier!),
    endpoint: endpointOf(one.Endpoint, one.Port),
    database: one.DatabaseName,
    ...alike(one),
    ...placeOf(members[0]),
    replicas: [],
    replicaOf: one.ReplicationSourceIdentifier,
  };
}

function instanceOf(one: DBInstance, instances: readonly DBInstance[]): Database {
  const ids = one.ReadReplicaDBInstanceIdentifiers ?? [];
  const replicas = instances.filter((each) => ids.includes(each.DBInstanceIdentifier!));
  const { Address, Port } = one.Endpoint ?? {};
  return {
    id: one.DBInstanceIdentifier!,
    arn: one.DBInstanceArn!,
    isCluster: false,
    members: [],
    endpoint: endpointOf(Address, Port),
    database: one.DBName,
    ...alike(one),
    ...placeOf(one),
    replicas: replicas.flatMap(({ Endpoint: { Address: host, Port: port } = {} }) =>
      host === undefined ? [] : [serverOf(host, port)],
    ),
    replicaOf: one.ReadReplicaSourceDBInstanceIdentifier,
  };
}

const endpointOf = (host: string | undefined, port = MYSQL_PORT) =>
  host === undefined ? undefined : { host, port };

const serverOf = (host: string, port = MYSQL_PORT): Server =>
  port === MYSQL_PORT ? { host } : { host, port };

const alike = (one: DBCluster | DBInstance) => ({
  engine: one.Engine!,
  iamLogin: one.IAMDatabaseAuthenticationEnabled ?? false,
  masterSecretArn: one.MasterUserSecret?.SecretArn,
  securityGroupIds: (one.VpcSecurityGroups ?? []).flatMap(
    ({ VpcSecurityGroupId }: VpcSecurityGroupMembership) => VpcSecurityGroupId ?? [],
  ),
});

const placeOf = ({ DBSubnetGroup: { VpcId, Subnets = [] } = {} }: DBInstance = {}) => ({
  vpcId: VpcId,
  subnetIds: Subnets.flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? []),
});
