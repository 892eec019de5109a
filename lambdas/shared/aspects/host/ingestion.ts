// Whether ingestion can be held on this host: what the run does not see it cannot stop, and what it cannot stop
// writes into tables that are exchanged.

import type { AspectsTarget } from '../../inputs/target';
import { type HostFacts, isOn } from './facts';

/** Settings that have Tutor run something that feeds ClickHouse. */
const SWITCHES = [
  ['RUN_RALPH', 'ralph'],
  ['RUN_VECTOR', 'vector'],
  ['ASPECTS_ENABLE_EVENT_BUS_CONSUMER', 'aspects-consumer'],
] as const;

/** Services that run and cannot be held, and those that shall run and do not. */
export const ingestionFindings = (facts: HostFacts, mode: AspectsTarget['mode']): string[] =>
  SWITCHES.filter(([setting]) => isOn(facts, setting)).flatMap(([setting, service]) => {
    if (mode === 'k8s' && service === 'vector') {
      return [
        `${setting} is on: Vector is a DaemonSet on Kubernetes and cannot be held meanwhile; switch it off, and take the DaemonSet away until the upgrade is through`,
      ];
    }
    return facts.running.includes(service)
      ? []
      : [
          `${setting} is on and ${service} does not run: new containers would start it in the middle of the upgrade, and nobody would hold it; start it, or switch it off`,
        ];
  });
