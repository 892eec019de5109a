// The two tables of a target, as every state of the runbook works on them.

import type { Construct } from 'constructs';
import { HISTORY_COLUMNS, HISTORY_KEY } from '../../../lambdas/shared/history/tables';
import { COPY_LIMITS } from '../../../lambdas/shared/inputs/copy-throttle';
import type { StudentModuleHistoryTarget } from '../../../lambdas/shared/inputs/target';
import type { MySqlRef } from '../../../lambdas/shared/mysql/ref';
import { allowSecret } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import { CopyTables, type CopyTablesProps } from '../../steps/copy-tables';
import { mySqlServerOf, secretOf } from '../mysql-server-of';

const INPUT = '$states.input.input';

/** JSONata, without `{% %}`, for what steers a copy or a drain: members of the input. */
export const COPY_SETTINGS = `{ ${Object.keys(COPY_LIMITS)
  .map((name) => `'${name}': ${INPUT}.${name}`)
  .join(', ')} }`;

const WAITING = ['plan-pass', 'await-writes', 'drain-rows'];

/** The history of a target: the old table, the new one, and who may do what there. */
export class History {
  /** For steps that copy or compare. */
  readonly props: CopyTablesProps;
  /** What brakes a copy, for payloads. */
  readonly brakes: ReturnType<CopyTables['brakes']>;
  private readonly tables: CopyTables;

  constructor(
    private readonly scope: Construct,
    readonly target: StudentModuleHistoryTarget,
  ) {
    const { source, target: to, vpc } = target;
    this.props = {
      source: { ...source, server: mySqlServerOf(scope, source, vpc) },
      target: { ...to, server: mySqlServerOf(scope, to, vpc) },
      key: HISTORY_KEY,
      columns: HISTORY_COLUMNS,
      replicas: to.replicas,
      dbInstanceIdentifier: to.dbInstanceIdentifier,
    };
    this.tables = new CopyTables(scope, this.props);
    this.brakes = this.tables.brakes();
  }

  /** Members of the payload of every task of the runbook. */
  get members() {
    return this.tables.tables(this.scope);
  }

  /** The same for a task that may also log in as the administrator. */
  get adminMembers() {
    return { ...this.members, admin: this.admin };
  }

  /** The administrator of the target's server, or null: a person does it. */
  private get admin(): MySqlRef | null {
    const { adminSecretArn } = this.target.target;
    if (adminSecretArn === undefined) return null;
    return {
      ...this.props.target.server.render(this.scope),
      secretArn: adminSecretArn,
      user: null,
    };
  }

  /** As `{% %}` text would name it: database and table. */
  nameOf(side: 'source' | 'target'): string {
    const { database, table } = this.props[side];
    return `${database}.${table}`;
  }

  /** A task that talks to both servers; one that waits asks whether its execution still runs. */
  task(name: string): TaskFunction {
    const waits = WAITING.includes(name);
    const task = Platform.of(this.scope).task(name, {
      ledger: ['GetItem', 'PutItem'],
      ...(waits && { states: ['DescribeExecution'] }),
    });
    this.tables.grant(task);
    return task;
  }

  /** The same for one that may also log in as the administrator. */
  adminTask(name: string): TaskFunction {
    const task = this.task(name);
    const { adminSecretArn } = this.target.target;
    if (adminSecretArn !== undefined) allowSecret(task, secretOf(this.scope, adminSecretArn));
    return task;
  }

  /** Lets a task read the free storage of the target's instance. */
  grantStorage(task: TaskFunction): void {
    this.tables.grantStorage(task);
  }
}
