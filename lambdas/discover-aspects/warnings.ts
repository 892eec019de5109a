// What does not stand in the way and an operator should know: shown at the gate, kept for the report.

import type { Hop } from '../shared/aspects/path';
import { differingOpinions, isAtLeast } from '../shared/aspects/versions';
import { ENOUGH_GIB, type HostFacts } from '../shared/aspects/host/findings';

/** Repository that the plugin's own models come from. */
const OWN_MODELS = /^https:\/\/github\.com\/openedx\/aspects-dbt(\.git)?\/?$/;

/** Patches that may carry SQL with names of tables. */
const WITH_NAMES = /^(superset-|clickhouse-|dbt-)/;

/** Sentences, each a warning. */
export function warningsOf(facts: HostFacts, from: string, hops: readonly Hop[]): string[] {
  const to = hops.at(-1)!.version;
  const major = Number(facts.tutor.split('.')[0]);
  const warnings: (string | undefined)[] = [
    differingOpinions(to, major),
    facts.dockerFreeGiB < ENOUGH_GIB
      ? `docker has ${facts.dockerFreeGiB} GiB free, Tutor recommends ${ENOUGH_GIB} to build images`
      : undefined,
    OWN_MODELS.test(facts.dbtRepository)
      ? undefined
      : `models come from ${facts.dbtRepository}: its packages.yml must pin aspects-dbt to ${hops.at(-1)!.dbt}, otherwise the old models are built and every chart breaks`,
    to.startsWith('1.') ||
    facts.locales !== null ||
    !isAtLeast(to, '2.4.0') ||
    isAtLeast(from, '2.4.0')
      ? undefined
      : 'dashboards in other languages than English are no longer made: set SUPERSET_DASHBOARD_LOCALES where they are needed',
    isAtLeast(to, '2.5.0') && !isAtLeast(from, '2.5.0')
      ? 'ClickHouse becomes 25.8: once it has started, an older server cannot read its parts, and only the backup leads back'
      : undefined,
    isAtLeast(from, '2.3.0')
      ? undefined
      : 'clickhouse and ralph have no restart policy before 2.3.0: do not restart the host meanwhile',
    from.startsWith('1.0.') && !to.startsWith('1.')
      ? 'xapi.completion_events and completion_events_mv of 1.0 stay behind: nothing removes them'
      : undefined,
  ];
  const patches = facts.patches.filter((patch) => WITH_NAMES.test(patch));
  if (patches.length > 0) {
    warnings.push(
      `plugins of your own fill ${patches.join(', ')}: see with runbooks aspects-check that none uses an old name`,
    );
  }
  return warnings.flatMap((one) => one ?? []);
}
