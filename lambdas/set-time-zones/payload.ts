import type { ConsoleRef } from '../shared/clickstream/console-access';
import type { Caller } from '../shared/run';

export interface SetTimeZonesPayload extends Caller {
  readonly console: ConsoleRef & { readonly tokenSecretArn: string };
  readonly projectId: string;
  /** Region of the pipeline's stacks. */
  readonly region: string;
  /** Zones by application, e.g. `{"shop": "Europe/Berlin"}`. */
  readonly timezones: Readonly<Record<string, string>>;
}

export interface SetTimeZonesResult {
  /** Applications whose zone was set now, and those that had one. */
  readonly set: number;
  readonly had: number;
}
