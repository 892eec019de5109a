// What a step wants done on a host, and what its worker needs for that.

import type { Caller } from '../run';
import type { WaitDeps } from '../waiting';
import type { Variables } from './compose';
import type { HostRef } from './ref';
import type { RunCommand } from './ssm';

/** What a unit's worker needs. */
export interface HostUnitDeps extends WaitDeps {
  /** Run Command of a region. */
  readonly ssm: (region: string) => RunCommand;
}

/** The command of a step, as its payload says. */
export interface UnitWork extends Caller {
  readonly step: string;
  readonly host: HostRef;
  readonly script: string | null;
  readonly inspect: string;
  readonly environment: Readonly<Record<string, string | number | boolean | null>>;
  readonly hours: number;
}

/** The variables of both scripts as texts. */
export const variablesOf = ({ environment }: UnitWork): Variables =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value === null ? '' : `${value}`]),
  );
