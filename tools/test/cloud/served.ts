// Stand-ins behind the real server, called by the SDK's own clients with the rights of one role.

import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import type { Statement } from '../../rehearsal/iam/policy';
import { EventBus } from '../../rehearsal/services/events';
import type { RestService } from '../../rehearsal/services/protocols';
import { Server } from '../../rehearsal/services/server';
import type { CloudEvent, Service } from '../../rehearsal/types';
import { account, region } from './house';

const principal = { kind: 'role', arn: `arn:aws:iam::${account}:role/Task`, account } as const;
const ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

/** 2026-01-01T00:00:00Z: schedules by the hour are told from there. */
export const START = Date.UTC(2026, 0, 1);

/** What stand-ins are made with. */
export interface Ground {
  readonly clock: VirtualClock;
  readonly bus: EventBus;
  readonly arn: (service: string) => (resource: string, where?: string) => string;
}

const closing: (() => Promise<void> | void)[] = [];

/** Ends what a test has made; for `afterEach`. */
export async function close(): Promise<void> {
  for (const end of closing.splice(0)) await end();
}

/** Serves stand-ins; `config` is for clients, in the region or another. */
export async function served<Stands extends readonly (Service | RestService)[]>(
  make: (ground: Ground) => Stands,
  statements: readonly Statement[] = [ALL],
) {
  const clock = new VirtualClock(START);
  const iam = new Iam(account);
  iam.attach(principal.arn, { Statement: statements });
  const callers = new Callers(clock);
  const faults = new Faults([]);
  const problems: Error[] = [];
  const server = new Server({ clock, callers, iam, faults, problems });
  const bus = new EventBus(clock, faults, account, async () => {});
  const events: CloudEvent[] = [];
  bus.listeners.add((event) => events.push(event));
  const arn =
    (service: string) =>
    (resource: string, where = region) =>
      `arn:aws:${service}:${where}:${account}:${resource}`;
  const stands = make({ clock, bus, arn });
  server.add(...stands);
  const endpoint = await server.start();
  const { credentials } = callers.mint(principal, newProcess());
  closing.push(
    () => clock.stop(),
    () => server.stop(),
  );
  const config = (where = region) => ({ endpoint, region: where, credentials, maxAttempts: 1 });
  return { clock, iam, bus, events, problems, stands, config };
}
