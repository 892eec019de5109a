// What the inspection of the host says. Names, versions and settings that are no secret.

import type { Trailer } from '../../host/answer';

/** The host as it is now. */
export interface HostFacts {
  readonly tutor: string;
  /** `X.Y.Z` of the interpreter that runs tutor. */
  readonly python: string;
  /** Version of the plugin as pip shows it; empty: not installed. */
  readonly aspects: string;
  /** Whether Tutor uses it. */
  readonly enabled: boolean;
  /** Settings by name, as tutor prints them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings that config.yml has, and that a newer plugin cannot change. */
  readonly pins: readonly string[];
  /** Containers by mode. */
  readonly containers: { readonly local: number; readonly dev: number };
  /** Services of Open edX and Aspects that run. */
  readonly running: readonly string[];
  /** Job containers that are at work. */
  readonly jobs: readonly string[];
  /** Versions; empty: it does not answer. */
  readonly docker: { readonly server: string; readonly compose: string; readonly buildx: string };
  /** Images by their names for tutor; an empty id: the host has none. @default - an older release has not looked */
  readonly images?: Readonly<Record<string, { readonly tag: string; readonly id: string }>>;
  /** Free bytes; null: nobody knows. */
  readonly disk: { readonly docker: number | null; readonly root: number | null };
  /** Patches of the operator's own plugins that may use old names. */
  readonly patches: readonly string[];
}

/** Reads a trailer; a member that is missing is a host of another release. */
export function factsOf(trailer: Trailer): HostFacts {
  const { plugin, plugins, ...rest } = trailer as Trailer & Record<string, unknown>;
  return {
    ...(rest as unknown as Omit<HostFacts, 'aspects' | 'enabled'>),
    aspects: String(plugin ?? ''),
    enabled: (plugins as string[] | undefined)?.includes('aspects') ?? false,
  };
}

/** What feeds ClickHouse and runs now: it is held while tables are filled. */
export const feeding = ({ running }: Pick<HostFacts, 'running'>): readonly string[] =>
  running.filter((service) => FEEDING.includes(service));

/** Services that write into ClickHouse. */
export const FEEDING = ['ralph', 'vector', 'aspects-consumer'];

/** True for a setting that tutor prints as True. */
export const isOn = ({ settings }: Pick<HostFacts, 'settings'>, name: string): boolean =>
  settings[name] === 'True';
