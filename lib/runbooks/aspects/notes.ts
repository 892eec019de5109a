// The first gate: what changes on the way, release by release, and what it will take.

import type { Construct } from 'constructs';
import { ManualGate } from '../../steps/manual-gate';
import type { Installation } from './installation';

const FOUND = '$states.input.found';
const INPUT = '$states.input.input';

/** Asks with the notes of every release on the path; other notes or another path need another approval. */
export const askNotes = (scope: Construct, installation: Installation): ManualGate =>
  new ManualGate(scope, 'ReleaseNotes', {
    gate: 'release-notes',
    question:
      `{% 'Upgrade Aspects on ${installation.target.host.instanceId} from ' & ${FOUND}.from & ' to ' & ${FOUND}.to & ` +
      `' (by way of ' & $join([${FOUND}.way], ', then ') & ')?\\n' & ${FOUND}.forecast & '\\n' & ` +
      `($count(${FOUND}.warnings) = 0 ? '' : 'To know:\\n- ' & $join([${FOUND}.warnings], '\\n- ') & '\\n') & ` +
      `'Notes of the releases on the way:\\n' & ${FOUND}.notes & '\\n' & ` +
      `'Events that come while ingestion is held wait in tracking logs, and are read again at the end only with replayTrackingLogs, which is ' & $string(${INPUT}.replayTrackingLogs) & ' here and false by default\\n' & ` +
      "'A backup is next; nothing is changed before it is proven. Rendered pages of Superset are out of order while it is initialised' %}",
    approve: {
      from: `{% ${FOUND}.from %}`,
      hops: `{% [${FOUND}.way] %}`,
      notes: `{% ${FOUND}.notes %}`,
      warnings: `{% [${FOUND}.warnings] %}`,
    },
  });
