// What of the host stands in the way of an upgrade, with what is allowed and what to do.

import type { AspectsTarget } from '../../inputs/target';
import { majorOf, releaseOf } from '../versions';
import { type HostFacts, isOn } from './facts';
import { ingestionFindings } from './ingestion';

const GIB = 2 ** 30;
/** What tutor asks for to build images; below the first nothing is built, below the second it may fail. */
const LEAST_GIB = 8;
export const ENOUGH_GIB = 25;

type Databases = AspectsTarget['clickhouse']['databases'];

/** What the stack's configuration says about the host. */
export interface Configured {
  readonly mode: AspectsTarget['mode'];
  readonly databases: Databases;
  readonly cluster: string | null;
}

/** Settings whose value in config.yml keeps the old version at work. */
const DEFEATING =
  /^(DBT_BRANCH|ASPECTS_VERSION|DOCKER_IMAGE_(ASPECTS|SUPERSET|CLICKHOUSE|RALPH|VECTOR))$/;

/** Repository of the plugin's own models. */
const UPSTREAM = /^https:\/\/github\.com\/openedx\/aspects-dbt(\.git)?\/?$/;

/** Whether the models are the operator's, who pins their branch. */
export const ownModels = ({ settings }: Pick<HostFacts, 'settings'>): boolean =>
  !UPSTREAM.test(settings.DBT_REPOSITORY ?? '');

/** Everything on the host that stands in the way. */
export function hostFindings(facts: HostFacts, configured: Configured): string[] {
  if (facts.aspects === '') {
    return ['tutor-contrib-aspects is not installed where tutor runs: there is nothing to upgrade'];
  }
  const { mode } = configured;
  const found: string[] = [];
  if (!facts.enabled) {
    found.push(
      'the plugin aspects is not enabled: an initialisation would do nothing and say that all is well; enable it with tutor plugins enable aspects',
    );
  }
  const pins = facts.pins.filter(
    (pin) => DEFEATING.test(pin) && !(pin === 'DBT_BRANCH' && ownModels(facts)),
  );
  if (pins.length > 0) {
    found.push(
      `config.yml pins ${pins.join(', ')}, which would keep the old version at work: remove them with tutor config save --unset`,
    );
  }
  if (facts.jobs.length > 0) {
    found.push(
      `${facts.jobs.join(', ')} is at work: two initialisations would exchange the same tables; wait for its end`,
    );
  }
  if (mode !== 'k8s') {
    const other = mode === 'local' ? 'dev' : 'local';
    if (facts.containers[other] > 0) {
      found.push(
        `containers of tutor ${other} run, and tutor ${mode} would stop them: stop them first`,
      );
    }
    if (facts.containers[mode] === 0) {
      found.push(`no container of tutor ${mode} runs: start the platform, or set mode`);
    }
  }
  return [
    ...found,
    ...ingestionFindings(facts, mode),
    ...toolFindings(facts, mode),
    ...settingFindings(facts, configured),
  ];
}

/** Bytes as GiB, with a digit behind the point. */
export const gib = (bytes: number): number => Math.round((bytes / GIB) * 10) / 10;

function toolFindings({ docker, disk }: HostFacts, mode: Configured['mode']): string[] {
  const found: string[] = [];
  if (docker.server === '') found.push('docker does not answer: start it, and let the user use it');
  if (docker.buildx === '') {
    found.push('docker buildx is missing, and builds the images: install it');
  }
  if (mode !== 'k8s' && !(majorOf(docker.compose.replace(/^v/, '')) >= 2)) {
    found.push(`docker compose is ${docker.compose || 'missing'}; allowed is 2.0 or newer`);
  }
  for (const [where, free] of [
    ['the folder of the project', disk.root],
    ['the folder of docker', disk.docker],
  ] as const) {
    if (free !== null && free < LEAST_GIB * GIB) {
      found.push(
        `${where} has ${gib(free)} GiB free; allowed is ${LEAST_GIB} at least, ${ENOUGH_GIB} is right`,
      );
    }
  }
  return found;
}

/** Which setting names which database. */
const NAMES: Readonly<Record<keyof Databases, string>> = {
  xapi: 'ASPECTS_XAPI_DATABASE',
  eventSink: 'ASPECTS_EVENT_SINK_DATABASE',
  reporting: 'DBT_PROFILE_TARGET_DATABASE',
  openedx: 'ASPECTS_VECTOR_DATABASE',
};

/** Settings that this stack has to know, because it works in ClickHouse by itself. */
function settingFindings(facts: HostFacts, { databases, cluster }: Configured): string[] {
  const { settings } = facts;
  const found = (Object.keys(NAMES) as (keyof Databases)[])
    .filter((one) => (settings[NAMES[one]] ?? databases[one]) !== databases[one])
    .map(
      (one) =>
        `${NAMES[one]} is ${settings[NAMES[one]]}, this stack says ${databases[one]}: set clickhouse.databases.${one}`,
    );
  const name = settings.CLICKHOUSE_CLUSTER_NAME ?? '';
  if (name !== (cluster ?? '')) {
    found.push(
      `CLICKHOUSE_CLUSTER_NAME is ${name || 'empty'}, this stack says ${cluster ?? 'one server'}: set clickhouse.cluster`,
    );
  }
  if (!isOn(facts, 'RUN_CLICKHOUSE') && settings.RUN_CLICKHOUSE !== undefined) {
    found.push('RUN_CLICKHOUSE is off: this runbook is for a ClickHouse that Tutor runs');
  }
  const installed = releaseOf(facts.aspects);
  if (installed && !ownModels(facts) && installed.dbt !== settings.DBT_BRANCH) {
    found.push(
      `DBT_BRANCH is ${settings.DBT_BRANCH}, and Aspects ${installed.version} brings ${installed.dbt}: remove the pin, or install the plugin that is meant`,
    );
  }
  return found;
}
