// What the way of the backup cannot do here, said before anything is held or changed.

import { type HostFacts, isOn } from '../shared/aspects/host/facts';
import type { Configured } from '../shared/aspects/host/findings';

type Method = 'native' | 'gate' | undefined;
type Where = Pick<Configured, 'cluster'>;

const notTutors = (facts: HostFacts) =>
  facts.settings.RUN_MYSQL !== undefined && !isOn(facts, 'RUN_MYSQL');

/** Where only people can take the backup. */
export function backupFindings(facts: HostFacts, { cluster }: Where, method: Method): string[] {
  if (method !== 'native') return [];
  const found: string[] = [];
  if (cluster !== null) {
    found.push(
      `with backup.method native one node of cluster ${cluster} would be backed up: start a new execution with "backup": {"method": "gate", "folder": …} and take it ON CLUSTER`,
    );
  }
  if (notTutors(facts)) {
    found.push(
      'RUN_MYSQL is off, so that backup.method native cannot copy the database of Superset: start a new execution with "backup": {"method": "gate", "folder": …} and take it yourself',
    );
  }
  return found;
}

/** Where people can take it, and only people can bring it back. */
export function backupWarnings(facts: HostFacts, { cluster }: Where, method: Method): string[] {
  if (method !== 'gate') return [];
  const why = [
    ...(cluster !== null ? [`ClickHouse is a cluster (${cluster})`] : []),
    ...(notTutors(facts) ? ['RUN_MYSQL is off'] : []),
  ];
  return why.length === 0
    ? []
    : [
        `${why.join(' and ')}: aspects-rollback refuses here, the way back from the backup goes by hand`,
      ];
}
