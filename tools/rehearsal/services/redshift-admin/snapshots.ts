// Snapshots of the warehouse: made in their time, some of them in vain.

import { randomUUID } from 'node:crypto';
import type { Clock, ServiceRequest } from '../../types';
import type { AdministeredWarehouse } from '../../warehouse/roles';

/** A snapshot. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly readyAt: number;
  readonly fails: boolean;
}

/** As the console and both APIs want them. */
export const SNAPSHOT_NAME = /^(?=.{1,255}$)[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$/;

/** Those of one warehouse, oldest first. */
export class Snapshots {
  readonly all: Snapshot[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly plan: AdministeredWarehouse['snapshots'],
  ) {}

  named(name: string | undefined): Snapshot | undefined {
    return this.all.find((one) => one.name === name);
  }

  make(name: string): Snapshot {
    const { seconds = 120, fail = 0 } = this.plan ?? {};
    const created = this.clock.now();
    const fails = this.all.length < fail;
    const snapshot = { id: randomUUID(), name, created, readyAt: created + seconds * 1000, fails };
    this.all.push(snapshot);
    return snapshot;
  }

  status({ readyAt, fails }: Snapshot): 'CREATING' | 'AVAILABLE' | 'FAILED' {
    if (this.clock.now() < readyAt) return 'CREATING';
    return fails ? 'FAILED' : 'AVAILABLE';
  }
}

/** Asks for the right to have the warehouse work with roles. */
export function passRoles(request: ServiceRequest, roles: readonly string[], service: string) {
  for (const role of roles) {
    request.authorize('iam:PassRole', role, { 'iam:PassedToService': service });
  }
}
