// What the inspection of the host says, and what of it stands in the way.

import { majorOf, releaseOf } from '../versions';
import type { AspectsTarget } from '../../inputs/target';

/** Trailer of the inspection `discover`. Names and versions only: no setting that is a secret. */
export interface HostFacts {
  readonly root: string;
  /** Whether config.yml is there: without it tutor begins a new project under new passwords. */
  readonly config: boolean;
  readonly tutor: string;
  /** `X.Y` of the interpreter that runs tutor. */
  readonly python: string;
  /** Version of the plugin as pip shows it; null: not installed. */
  readonly aspects: string | null;
  readonly enabled: boolean;
  readonly dbt: string;
  readonly dbtRepository: string;
  readonly cluster: string;
  readonly databases: AspectsTarget['clickhouse']['databases'];
  readonly inContextMetrics: boolean;
  /** Settings of config.yml that would keep the upgrade from having an effect. */
  readonly pins: readonly string[];
  /** `SUPERSET_DASHBOARD_LOCALES`, when config.yml has it. */
  readonly locales: string | null;
  /** Modes whose containers run. */
  readonly running: readonly string[];
  /** Job containers that are left or at work. */
  readonly jobs: readonly string[];
  readonly docker: string | null;
  readonly compose: string | null;
  readonly buildx: string | null;
  readonly rootFreeGiB: number;
  readonly dockerFreeGiB: number;
  readonly memoryGiB: number;
  /** Patches of the operator's own plugins that may use old names. */
  readonly patches: readonly string[];
}

/** What tutor asks for to build images; below the first nothing is built, below the second it may fail. */
const LEAST_GIB = 8;
export const ENOUGH_GIB = 25;

/** What the stack's configuration says about the host. */
export interface Configured {
  readonly tutorRoot: string;
  readonly mode: AspectsTarget['mode'];
  readonly databases: AspectsTarget['clickhouse']['databases'];
  readonly cluster: string | null;
}

/** Without these nothing else that was seen means anything. */
export function rootFindings(facts: HostFacts, configured: Configured): string[] {
  if (facts.root !== configured.tutorRoot) {
    return [
      `tutor works in ${facts.root}, and this stack is for ${configured.tutorRoot}: another project would be changed; set host.tutorRoot and host.user`,
    ];
  }
  if (!facts.config) {
    return [
      `${facts.root} has no config.yml: tutor would begin a new project there, under new passwords; set host.tutorRoot`,
    ];
  }
  if (facts.aspects === null) {
    return ['tutor-contrib-aspects is not installed where tutor runs: there is nothing to upgrade'];
  }
  return [];
}

/** Everything else on the host that stands in the way. */
export function hostFindings(facts: HostFacts, configured: Configured): string[] {
  const { mode } = configured;
  const found: string[] = [];
  if (!facts.enabled) {
    found.push(
      'the plugin aspects is not enabled: an initialisation would do nothing and say that all is well; enable it with tutor plugins enable aspects',
    );
  }
  // Locales are the operator's choice: the gate names them.
  const pins = facts.pins.filter((pin) => pin !== 'SUPERSET_DASHBOARD_LOCALES');
  if (pins.length > 0) {
    found.push(
      `config.yml pins ${pins.join(', ')}, which would keep the old version at work: remove them with tutor config save --unset`,
    );
  }
  if (facts.jobs.length > 0) {
    found.push(
      `${facts.jobs.join(', ')} is there: two initialisations would exchange the same tables; wait for its end, or remove it`,
    );
  }
  const other = facts.running.filter((one) => one !== mode);
  if (other.length > 0) {
    found.push(`containers of tutor ${other.join(', ')} run, and tutor ${mode} would stop them`);
  }
  if (mode !== 'k8s' && !facts.running.includes(mode)) {
    found.push(`no container of tutor ${mode} runs: start the platform, or set mode`);
  }
  return [...found, ...toolFindings(facts, mode), ...settingFindings(facts, configured)];
}

function toolFindings(facts: HostFacts, mode: Configured['mode']): string[] {
  const found: string[] = [];
  if (facts.docker === null)
    found.push('docker does not answer: start it, and let the user use it');
  if (facts.buildx === null)
    found.push('docker buildx is missing, and builds the images: install it');
  if (mode !== 'k8s' && !(majorOf(facts.compose ?? '0') >= 2)) {
    found.push(`docker compose is ${facts.compose ?? 'missing'}; allowed is 2.0 or newer`);
  }
  for (const [where, free] of [
    [facts.root, facts.rootFreeGiB],
    ['the folder of docker', facts.dockerFreeGiB],
  ] as const) {
    if (free < LEAST_GIB) {
      found.push(
        `${where} has ${free} GiB free; allowed is ${LEAST_GIB} at least, ${ENOUGH_GIB} is right`,
      );
    }
  }
  return found;
}

/** Settings that this stack has to know, because it works in ClickHouse by itself. */
function settingFindings(facts: HostFacts, { databases, cluster }: Configured): string[] {
  const found = (Object.keys(databases) as (keyof typeof databases)[])
    .filter((one) => databases[one] !== facts.databases[one])
    .map(
      (one) =>
        `the settings of Tutor call the database ${one} ${facts.databases[one]}, this stack ${databases[one]}: set clickhouse.databases`,
    );
  if (facts.cluster !== (cluster ?? '')) {
    found.push(
      `CLICKHOUSE_CLUSTER_NAME is ${facts.cluster || 'empty'}, this stack says ${cluster ?? 'one server'}: set clickhouse.cluster`,
    );
  }
  const installed = releaseOf(facts.aspects!);
  if (installed && installed.dbt !== facts.dbt) {
    found.push(
      `DBT_BRANCH is ${facts.dbt}, and Aspects ${installed.version} brings ${installed.dbt}: remove the pin, or install the plugin that is meant`,
    );
  }
  return found;
}
