// Two tables of the same shape on MySQL servers, as every task of a chunked copy is told of them.

import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { CopyColumn, CopyTable } from '../../lambdas/copy-chunks/payload';
import { allow } from '../platform/allow';
import { RunbookPropsError } from '../platform/props-error';
import type { TaskFunction } from '../platform/task-function';
import type { MySqlServer } from './mysql-server';

/** A table on a server. */
export interface MySqlTable {
  /** The server, and who logs in: reads the source, or reads and writes the target. */
  readonly server: MySqlServer;

  /** Database the table is in. */
  readonly database: string;

  /** Name of the table. */
  readonly table: string;
}

/** What is copied or compared. */
export interface CopyTablesProps {
  /** Rows are read here, without locks, and never changed. The writer: a replica may be behind. */
  readonly source: MySqlTable;

  /**
   * Rows are written here. The user may also create the table `upgrade_runbooks_copy` in this database:
   * the checkpoint moves in the transaction that writes the rows.
   */
  readonly target: MySqlTable;

  /**
   * Name of the primary key, a column of an integer type.
   *
   * @default - `id` in both tables
   */
  readonly key?: {
    /** In the source. */
    readonly source: string;
    /** In the target. */
    readonly target: string;
  };

  /** All columns but the key. They are always named: their order may differ. */
  readonly columns: readonly CopyColumn[];

  /**
   * Replicas of the target whose lag counts.
   *
   * @default - those of an Aurora cluster, which tells of them itself
   */
  readonly replicas?: readonly {
    /** Address of the replica. */
    readonly host: string;
    /** Its TCP port. */
    readonly port: number;
  }[];

  /**
   * Instance of RDS that has the target, whose free storage counts.
   *
   * @default - free storage is not looked at; that of an Aurora cluster grows by itself
   */
  readonly dbInstanceIdentifier?: string;
}

/** Two tables, checked, with the rights to reach them. */
export class CopyTables {
  constructor(
    scope: IConstruct,
    private readonly props: CopyTablesProps,
  ) {
    if (props.columns.length === 0) {
      throw new RunbookPropsError(scope, 'columns must name the columns beside the key, got none');
    }
  }

  /** Members of the payload of every task that works on both. */
  tables(scope: IConstruct): { readonly source: CopyTable; readonly target: CopyTable } {
    const [source, target] = [this.props.source, this.props.target].map(
      ({ server, database, table }) => ({ ...server.render(scope), database, table }),
    );
    return { source: source!, target: target! };
  }

  /** How rows and keys are named, for tasks that copy and compare. */
  shape(): {
    readonly key: { source: string; target: string };
    readonly columns: readonly CopyColumn[];
  } {
    const { key = { source: 'id', target: 'id' }, columns } = this.props;
    return { key, columns };
  }

  /** What brakes a copy, beside its settings. */
  brakes() {
    const { replicas = [], dbInstanceIdentifier = null } = this.props;
    return { replicas, dbInstanceIdentifier };
  }

  /** Lets a task log in on both sides, and puts it where it can reach them. */
  grant(task: TaskFunction): void {
    for (const { server } of [this.props.source, this.props.target]) {
      server.grantConnect(task);
      if (server.vpc) task.joinVpc(server.vpc);
    }
  }

  /** Lets a task read the free storage of the target's instance. */
  grantStorage(grantee: iam.IGrantable & IConstruct): void {
    if (this.props.dbInstanceIdentifier === undefined) return;
    allow(
      grantee,
      ['cloudwatch:GetMetricData'],
      ['*'],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      'This action knows no resource.',
    );
  }
}
