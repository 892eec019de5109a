// One installation of Aspects, as every state of the runbook works on it: the host and ClickHouse.

import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ClickHouseRef } from '../../../lambdas/shared/clickhouse/ref';
import type { HostRef } from '../../../lambdas/shared/host/ref';
import type { AspectsTarget } from '../../../lambdas/shared/inputs/target';
import { allowSecret } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import type { TaskRights } from '../../platform/task-rights';
import { HostCommand, hostTask } from '../../steps/host-command';
import { secretOf } from '../mysql-server-of';

/** What is run on the host. */
export interface CommandProps {
  /** Name of the state. */
  readonly act: string;
  /** Name of the step in the ledger: letters only. */
  readonly step: string;
  /** Name of the script below `scripts/aspects`; its inspection is called after it. */
  readonly script: string;
  /** Variables of the script, beside the mode. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Longest time, in hours, or JSONata for it.
   *
   * @default 1
   */
  readonly hours?: number | string;
  /** What the state does, and what on redrive. */
  readonly comment: string;
  /** Whether it stands inside a ForEach step. */
  readonly inItem?: boolean;
}

/** The installation of a target. */
export class Installation {
  readonly clickhouse: ClickHouseRef;
  readonly host: HostRef;

  constructor(
    private readonly scope: Construct,
    readonly target: AspectsTarget,
  ) {
    const { clickhouse, host } = target;
    const { backupTo: _, cluster, caSecretArn, ...server } = clickhouse;
    this.clickhouse = { ...server, cluster: cluster ?? null, caSecretArn: caSecretArn ?? null };
    this.host = {
      ...host,
      region: host.region ?? Stack.of(scope).region,
      pluginsRoot: host.pluginsRoot ?? null,
    };
  }

  /** Name of the project, as people type it. */
  get tutorRoot(): string {
    return this.target.host.tutorRoot;
  }

  /** Members of the payload of every task that talks to ClickHouse. */
  get members(): { readonly clickhouse: ClickHouseRef } {
    return { clickhouse: this.clickhouse };
  }

  /** A command on the host, with the inspection that says whether its work was done. */
  command(scope: Construct, id: string, props: CommandProps): HostCommand {
    const { script, environment = {}, hours = 1, ...rest } = props;
    return new HostCommand(scope, id, {
      ...rest,
      host: this.host,
      script: `aspects/${script}`,
      inspect: `aspects/${script}-look`,
      environment: { MODE: this.target.mode, ...environment },
      hours,
    });
  }

  /** A task that talks to ClickHouse; one that waits asks whether its execution still runs. */
  task(name: string, rights: TaskRights = {}): TaskFunction {
    const { vpc, clickhouse } = this.target;
    const task = Platform.of(this.scope).task(name, {
      ledger: ['GetItem', 'PutItem', 'Query'],
      states: ['DescribeExecution'],
      vpc,
      ...rights,
    });
    for (const arn of [clickhouse.secretArn, clickhouse.caSecretArn]) {
      if (arn !== undefined) allowSecret(task, secretOf(this.scope, arn));
    }
    return task;
  }
}
