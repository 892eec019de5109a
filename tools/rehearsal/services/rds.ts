// RDS: which servers of databases an account has. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { PageTokens } from './page-tokens';
import { Elements } from './protocols';

/** What clusters and instances have alike. */
interface ServerData {
  readonly id: string;
  readonly engine: string;
  readonly host: string;
  /** @default 3306 */
  readonly port?: number;
  /** Database that was made with it. */
  readonly database?: string;
  readonly iamLogin?: boolean;
  /** Secret in which RDS keeps the administrator's password. */
  readonly masterSecretArn?: string;
  readonly securityGroups: readonly string[];
}

/** Member `rds` of a scenario. */
export interface RdsData {
  readonly clusters?: readonly (ServerData & { readonly members: readonly string[] })[];
  readonly instances?: readonly (ServerData & {
    readonly vpc: string;
    readonly subnets: readonly string[];
    readonly cluster?: string;
    readonly replicaOf?: string;
  })[];
}

const MOST = 100;

/** The stand-in; see the head of the file. */
export class RdsService implements Service {
  readonly target = 'rds';
  readonly protocol = 'query';
  private readonly tokens: PageTokens;

  constructor(
    clock: Clock,
    private readonly arn: (resource: string, region?: string) => string,
    private readonly data: RdsData,
  ) {
    this.tokens = new PageTokens(clock, 'InvalidParameterValue');
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input, region, authorize } = request;
    const { Action: _, Version: __, Marker, MaxRecords = MOST, ...more } = input;
    if (Object.keys(more).length > 0) {
      throw new ServiceError('InvalidParameterValue', `${Object.keys(more)} is not rehearsed`);
    }
    const maxResults = Number(MaxRecords);
    if (!(maxResults >= 20 && maxResults <= MOST)) {
      throw new ServiceError('InvalidParameterValue', 'MaxRecords must be from 20 to 100');
    }
    const asked = { nextToken: Marker, maxResults };
    const { clusters = [], instances = [] } = this.data;
    switch (operation) {
      case 'DescribeDBClusters': {
        authorize('rds:DescribeDBClusters', this.arn('cluster:*', region));
        const page = this.tokens.of(operation, asked, clusters, (one) => this.cluster(one, region));
        return { Marker: page.nextToken, DBClusters: new Elements('DBCluster', page.items) };
      }
      case 'DescribeDBInstances': {
        authorize('rds:DescribeDBInstances', this.arn('db:*', region));
        const page = this.tokens.of(operation, asked, instances, (one) =>
          this.instance(one, region),
        );
        return { Marker: page.nextToken, DBInstances: new Elements('DBInstance', page.items) };
      }
      default:
        throw new ServiceError('InvalidAction', `RDS ${operation} is not rehearsed`);
    }
  }

  private cluster(data: NonNullable<RdsData['clusters']>[number], region: string): object {
    const { id, host, port = 3306, database, members } = data;
    const list = members.map((DBInstanceIdentifier, i) => ({
      DBInstanceIdentifier,
      IsClusterWriter: i === 0,
    }));
    return {
      DBClusterIdentifier: id,
      DBClusterArn: this.arn(`cluster:${id}`, region),
      DatabaseName: database,
      Endpoint: host,
      ReaderEndpoint: host.replace('.cluster-', '.cluster-ro-'),
      Port: port,
      DBClusterMembers: new Elements('DBClusterMember', list),
      ...alike(data),
    };
  }

  private instance(data: NonNullable<RdsData['instances']>[number], region: string): object {
    const { id, host, port = 3306, database, vpc, subnets, cluster, replicaOf } = data;
    const replicas = (this.data.instances ?? []).filter((one) => one.replicaOf === id);
    return {
      DBInstanceIdentifier: id,
      DBInstanceArn: this.arn(`db:${id}`, region),
      DBName: database,
      Endpoint: { Address: host, Port: port },
      DBClusterIdentifier: cluster,
      ReadReplicaSourceDBInstanceIdentifier: replicaOf,
      ReadReplicaDBInstanceIdentifiers: new Elements(
        'ReadReplicaDBInstanceIdentifier',
        replicas.map((one) => one.id),
      ),
      DBSubnetGroup: {
        DBSubnetGroupName: `${id}-subnets`,
        VpcId: vpc,
        Subnets: new Elements(
          'Subnet',
          subnets.map((SubnetIdentifier) => ({ SubnetIdentifier, SubnetStatus: 'Active' })),
        ),
      },
      ...alike(data),
    };
  }
}

const alike = ({ engine, iamLogin = false, masterSecretArn, securityGroups }: ServerData) => ({
  Engine: engine,
  IAMDatabaseAuthenticationEnabled: iamLogin,
  MasterUserSecret: masterSecretArn && { SecretArn: masterSecretArn, SecretStatus: 'active' },
  VpcSecurityGroups: new Elements(
    'VpcSecurityGroupMembership',
    securityGroups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
  ),
});
