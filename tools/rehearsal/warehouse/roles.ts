// The IAM roles a warehouse works with, and what it does with them: calls Lambda functions, reads and
// writes S3.

import type { Iam } from '../iam/iam';
import type { ObjectStore } from '../services/s3';
import type { Clock, FunctionInvoker, Principal } from '../types';
import type { LambdaCaller } from './external-call';
import { type StorageOpener, WarehouseStorage } from './s3-load/storage';
import type { WarehouseAddress } from './warehouse';

/** What a warehouse has at the start. */
export type AdministeredWarehouse = WarehouseAddress & {
  /** @default - called like the workgroup */
  readonly namespace?: string;
  /** ARNs of the roles it works with. */
  readonly iamRoles?: readonly string[];
  readonly defaultIamRole?: string;
  /** RPUs of a workgroup; @default 128 */
  readonly baseCapacity?: number;
  /** How long a change of the capacity takes. */
  readonly capacitySeconds?: number;
  /** How long a snapshot takes, and how many of the first ones fail. */
  readonly snapshots?: { readonly seconds?: number; readonly fail?: number };
};

/** How long a change of roles takes. */
const CHANGE_MS = 4_000;

interface Change {
  readonly adding: readonly string[];
  readonly removing: readonly string[];
  readonly until: number;
}

/** The IAM roles of one warehouse. */
export class WarehouseRoles {
  defaultRole?: string;
  private roles: string[];
  private change?: Change;

  constructor(
    readonly warehouse: AdministeredWarehouse,
    private readonly clock: Clock,
  ) {
    this.roles = [...(warehouse.iamRoles ?? [])];
    this.defaultRole = warehouse.defaultIamRole;
  }

  get changing(): boolean {
    if (this.change && this.change.until <= this.clock.now()) this.change = undefined;
    return this.change !== undefined;
  }

  /** ARNs and how far each is. */
  get all(): readonly { readonly arn: string; readonly status: string }[] {
    const { adding = [], removing = [] } = (this.changing && this.change) || {};
    const status = (arn: string) => (adding.includes(arn) ? 'adding' : 'in-sync');
    return [
      ...this.roles.map((arn) => ({ arn, status: status(arn) })),
      ...removing.map((arn) => ({ arn, status: 'removing' })),
    ];
  }

  set(roles: readonly string[]): void {
    const adding = roles.filter((arn) => !this.roles.includes(arn));
    const removing = this.roles.filter((arn) => !roles.includes(arn));
    this.roles = [...new Set(roles)];
    this.change = { adding, removing, until: this.clock.now() + CHANGE_MS };
  }

  /** Calls Lambda functions with them. */
  caller(iam: Iam, functions: FunctionInvoker, account: string): LambdaCaller {
    return async (lambda, named, payload, signal) =>
      functions.invoke(lambda, payload, this.assume(iam, named, account), signal);
  }

  /** Reads and writes S3 with them. */
  storage(iam: Iam, store: ObjectStore, account: string): StorageOpener {
    return (named) =>
      new WarehouseStorage(store, this.assume(iam, named, account), (...asked) =>
        iam.authorize(...asked),
      );
  }

  /** One of the roles, by its ARN or `default`; throws when it is none, or does not trust the warehouse. */
  private assume(iam: Iam, named: string, account: string): Principal {
    const role = named === 'default' ? (this.defaultRole ?? 'default') : named;
    if (!this.all.some(({ arn, status }) => arn === role && status === 'in-sync')) {
      throw new Error(`The requested role ${role} is not associated to cluster`);
    }
    const { kind, arn } = this.warehouse;
    iam.assume('redshift.amazonaws.com', role, arn);
    if (kind === 'serverless') iam.assume('redshift-serverless.amazonaws.com', role, arn);
    return { kind: 'role', arn: role, account };
  }
}
