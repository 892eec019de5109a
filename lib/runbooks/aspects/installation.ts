// One installation of Aspects, as every state of the runbook works on it: the host and ClickHouse.

import type { Construct } from 'constructs';
import type { ClickHouseRef } from '../../../lambdas/shared/clickhouse/ref';
import type { HostRef } from '../../../lambdas/shared/host/ref';
import type { AspectsTarget } from '../../../lambdas/shared/inputs/target';
import { allowSecret } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskFunction } from '../../platform/task-function';
import { RunbookHost } from '../../steps/host';
import { HostCommand, type HostCommandProps, HostInspection } from '../../steps/host-command';
import { secretOf } from '../mysql-server-of';

/** What is run on the host. */
export interface InstallationCommand
  extends Pick<
    HostCommandProps,
    'act' | 'step' | 'question' | 'done' | 'environment' | 'inItem' | 'released'
  > {
  /** Name of the script; that of its inspection follows from it. */
  readonly script: string;
  /**
   * Longest time, in hours, or JSONata for it.
   *
   * @default 1
   */
  readonly hours?: HostCommandProps['hours'];
}

const WAITING = ['back-up-clickhouse', 'restore-clickhouse'];
/** Takes its proof back when it is none any more, or what it has held. */
const TAKING_BACK = ['verify-aspects', 'reconcile-aspects', 'drop-copies'];

/** The installation of a target. */
export class Installation {
  readonly clickhouse: ClickHouseRef;
  private readonly onHost: RunbookHost;

  constructor(
    private readonly scope: Construct,
    readonly target: AspectsTarget,
  ) {
    const { url, secretArn, caSecretArn, databases, cluster } = target.clickhouse;
    this.clickhouse = {
      url,
      secretArn,
      caSecretArn: caSecretArn ?? null,
      databases,
      cluster: cluster ?? null,
    };
    this.onHost = new RunbookHost(target.host);
  }

  /** The host, for payloads. */
  get host(): HostRef {
    return this.onHost.render(this.scope);
  }

  /** Where backups of ClickHouse are. */
  get backupTo(): AspectsTarget['clickhouse']['backupTo'] {
    return this.target.clickhouse.backupTo;
  }

  /** Folder of the host below which this runbook puts its copies of files. */
  get backupFolder(): string {
    return `${this.target.host.stateDirectory}/backups`;
  }

  /** Members of the payload of every task that talks to ClickHouse. */
  get members(): { readonly clickhouse: ClickHouseRef } {
    return { clickhouse: this.clickhouse };
  }

  /** A command on the host, with the inspection that says whether its work was done. */
  command(scope: Construct, id: string, props: InstallationCommand): HostCommand {
    const { script, environment, hours = 1, ...rest } = props;
    return new HostCommand(scope, id, {
      ...rest,
      host: this.onHost,
      script: `aspects/${script}`,
      inspect: `aspects/inspect-${script}`,
      environment: { MODE: this.target.mode, ...environment },
      hours,
    });
  }

  /** The inspection of a command alone: somebody else has done its work. */
  inspection(
    scope: Construct,
    id: string,
    { script, environment, hours: _, ...rest }: InstallationCommand,
  ): HostInspection {
    return new HostInspection(scope, id, {
      ...rest,
      host: this.onHost,
      inspect: `aspects/inspect-${script}`,
      environment: { MODE: this.target.mode, ...environment },
    });
  }

  /**
   * A task that talks to ClickHouse: one that waits asks whether its execution still runs, and some take an item
   * of the ledger back.
   */
  task(name: string): TaskFunction {
    const { vpc, clickhouse } = this.target;
    const task = Platform.of(this.scope).task(name, {
      ledger: [
        'GetItem',
        'PutItem',
        ...(TAKING_BACK.includes(name) ? (['DeleteItem'] as const) : []),
      ],
      ...(WAITING.includes(name) && { states: ['DescribeExecution'] }),
      vpc,
    });
    for (const arn of [clickhouse.secretArn, clickhouse.caSecretArn]) {
      if (arn !== undefined) allowSecret(task, secretOf(this.scope, arn));
    }
    return task;
  }

  /** The task that runs commands on the host; a command has been made before. */
  commands(): TaskFunction {
    return Platform.of(this.scope).task('run-host-command');
  }

  /** A task that talks to both. */
  taskOnHost(name: string): TaskFunction {
    const task = this.task(name);
    this.onHost.grant(task);
    return task;
  }
}
