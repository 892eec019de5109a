// What feeds ClickHouse is held while tables are copied or exchanged: rows that arrive in between are missing
// for good in what is built.

import type { Construct } from 'constructs';
import type { HostCommand } from '../../steps/host-command';
import type { Installation } from './installation';

/** Places at which ingestion is held or goes on, by what they are for. */
const WHEN = {
  backup: 'for the backup',
  work: 'for the initialisation',
  restore: 'for the way back',
} as const;

/** Stops what writes to ClickHouse. */
export const holdIngestion = (
  scope: Construct,
  installation: Installation,
  when: keyof typeof WHEN,
  inItem = false,
): HostCommand =>
  installation.command(scope, `Hold${when}`, {
    act: `Hold ingestion ${WHEN[when]}`,
    step: `hold${when}`,
    script: 'stop-ingestion',
    inItem,
    comment:
      'Stops Ralph, Vector and the consumer of the event bus; the LMS keeps its tracking logs. ' +
      'On redrive: finds them stopped, or stops them',
  });

/** Starts what was stopped, and nothing else. */
export const resumeIngestion = (
  scope: Construct,
  installation: Installation,
  when: keyof typeof WHEN,
): HostCommand =>
  installation.command(scope, `Resume${when}`, {
    act: `Let ingestion go on after it was held ${WHEN[when]}`,
    step: `resume${when}`,
    script: 'start-ingestion',
    comment:
      'Starts again what this run has stopped, and sees that it runs. On redrive: starts what is still down',
  });
