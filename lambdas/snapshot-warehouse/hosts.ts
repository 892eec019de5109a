// Snapshots of a serverless namespace and of a provisioned cluster: two APIs, one small face.

import {
  CreateClusterSnapshotCommand,
  DescribeClusterSnapshotsCommand,
  type RedshiftClient,
} from '@aws-sdk/client-redshift';
import {
  CreateSnapshotCommand,
  GetSnapshotCommand,
  GetWorkgroupCommand,
  type RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';

export interface SnapshotHost {
  /** Namespace or cluster, for people. */
  title(): Promise<string>;
  /** Status of the snapshot of this name, in capitals; undefined when there is none. */
  status(name: string): Promise<string | undefined>;
  /** Begins to make it; throws when there is one of the name. */
  create(name: string): Promise<void>;
}

/** https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateSnapshot.html */
export class NamespaceSnapshots implements SnapshotHost {
  constructor(
    private readonly client: Pick<RedshiftServerlessClient, 'send'>,
    private readonly workgroup: string,
    private namespace: string | undefined,
  ) {}

  async title(): Promise<string> {
    return `namespace ${await this.namespaceName()}`;
  }

  async status(snapshotName: string): Promise<string | undefined> {
    try {
      const { snapshot } = await this.client.send(new GetSnapshotCommand({ snapshotName }));
      return snapshot?.status;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  async create(snapshotName: string): Promise<void> {
    const namespaceName = await this.namespaceName();
    await this.client.send(new CreateSnapshotCommand({ namespaceName, snapshotName }));
  }

  private async namespaceName(): Promise<string> {
    if (this.namespace === undefined) {
      const { workgroup } = await this.client.send(
        new GetWorkgroupCommand({ workgroupName: this.workgroup }),
      );
      this.namespace = workgroup!.namespaceName!;
    }
    return this.namespace;
  }
}

/** https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateClusterSnapshot.html */
export class ClusterSnapshots implements SnapshotHost {
  constructor(
    private readonly client: Pick<RedshiftClient, 'send'>,
    private readonly cluster: string,
  ) {}

  async title(): Promise<string> {
    return `cluster ${this.cluster}`;
  }

  async status(SnapshotIdentifier: string): Promise<string | undefined> {
    try {
      const { Snapshots } = await this.client.send(
        new DescribeClusterSnapshotsCommand({
          ClusterIdentifier: this.cluster,
          SnapshotIdentifier,
        }),
      );
      return Snapshots?.[0]?.Status?.toUpperCase();
    } catch (error) {
      if (/^ClusterSnapshotNotFound/.test((error as Error).name)) return undefined;
      throw error;
    }
  }

  async create(SnapshotIdentifier: string): Promise<void> {
    await this.client.send(
      new CreateClusterSnapshotCommand({ ClusterIdentifier: this.cluster, SnapshotIdentifier }),
    );
  }
}
