// What does not stand in the way and an operator should know: shown at the gate, kept for the report.

import type { HostFacts } from '../shared/aspects/host/facts';
import { ENOUGH_GIB, gib, ownModels } from '../shared/aspects/host/findings';
import type { Hop } from '../shared/aspects/path';
import { differingOpinions, isAtLeast, majorOf } from '../shared/aspects/versions';

/** Patches that may carry SQL with names of tables. */
const WITH_NAMES = /^(superset-|clickhouse-|dbt-)/;

/** Settings that win over what the new plugin brings, and are the operator's to keep. */
const CHOSEN =
  /^(SUPERSET_DASHBOARD_LOCALES|EVENT_SINK_MODELS_ENABLED|ASPECTS_DATA_TTL_EXPRESSION|DOCKER_IMAGE_OPENEDX)$/;

/** Sentences, each a warning. */
export function warningsOf(facts: HostFacts, from: string, hops: readonly Hop[]): string[] {
  const last = hops.at(-1)!;
  const to = last.version;
  const crosses = (version: string) => isAtLeast(to, version) && !isAtLeast(from, version);
  const { docker } = facts.disk;
  const patches = facts.patches.filter((patch) => WITH_NAMES.test(patch));
  const chosen = facts.pins.filter((pin) => CHOSEN.test(pin));
  const said: readonly (readonly [boolean, string])[] = [
    [
      docker !== null && gib(docker) < ENOUGH_GIB,
      `docker has ${gib(docker ?? 0)} GiB free, Tutor recommends ${ENOUGH_GIB} to build images`,
    ],
    [
      ownModels(facts),
      `models come from ${facts.settings.DBT_REPOSITORY}: its packages.yml must pin aspects-dbt to ${last.dbt}, otherwise the old models are built and every chart breaks`,
    ],
    [
      crosses('2.4.0') && !facts.pins.includes('SUPERSET_DASHBOARD_LOCALES'),
      'dashboards in other languages than English are no longer made: set SUPERSET_DASHBOARD_LOCALES where they are needed',
    ],
    [
      crosses('2.5.0'),
      'ClickHouse becomes 25.8: once it has started, an older server cannot read its parts, and aspects-rollback ends there and refuses. Only a snapshot of the volumes leads back: take one now, of ClickHouse and MySQL',
    ],
    [
      !isAtLeast(from, '2.3.0'),
      'clickhouse and ralph have no restart policy before 2.3.0: do not restart the host meanwhile',
    ],
    [
      from.startsWith('1.0.') && !to.startsWith('1.'),
      'xapi.completion_events and completion_events_mv of 1.0 stay behind: nothing removes them',
    ],
    [chosen.length > 0, `config.yml sets ${chosen.join(', ')}: the new defaults have no effect`],
    [
      patches.length > 0,
      `plugins of your own fill ${patches.join(', ')}: see with runbooks aspects-check that none uses an old name`,
    ],
  ];
  const opinion = differingOpinions(to, majorOf(facts.tutor));
  return [
    ...(opinion ? [opinion] : []),
    ...said.flatMap(([applies, sentence]) => (applies ? [sentence] : [])),
  ];
}
