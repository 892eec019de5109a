// What feeds ClickHouse is held while tables are copied or exchanged: rows that arrive in between are missing
// for good in what is built.

import type { Construct } from 'constructs';
import type { HostCommand } from '../../steps/host-command';
import type { Installation } from './installation';

/** What ingestion is held for. */
const FOR = {
  Backup: 'the backup',
  Work: 'the initialisation',
  Restore: 'the way back',
} as const;

/**
 * Services that ran when the run began: Ralph, Vector, the consumer of the event bus. Whatever fills tables
 * stops them again: a restarted host, or an operator's `tutor start`, has them run beside it.
 *
 * @param inItem whether a child of a ForEach step asks
 */
export const heldServices = (inItem = false): string =>
  inItem ? '{% $states.input.common.services %}' : '{% $states.input.found.services %}';

/** Stops what writes to ClickHouse; the LMS keeps its tracking logs. */
export const holdIngestion = (
  scope: Construct,
  installation: Installation,
  reason: keyof typeof FOR,
  inItem = false,
): HostCommand =>
  installation.command(scope, `Hold${reason}`, {
    act: `Hold ingestion for ${FOR[reason]}`,
    step: `hold${reason}`,
    script: 'stop-ingestion',
    environment: { SERVICES: heldServices(inItem) },
    question: `Is ingestion held for ${FOR[reason]}?`,
    done: `Ingestion is held for ${FOR[reason]}`,
    inItem,
  });

/** Starts what was stopped, and nothing else. */
export const resumeIngestion = (
  scope: Construct,
  installation: Installation,
  reason: keyof typeof FOR,
): HostCommand =>
  installation.command(scope, `Resume${reason}`, {
    act: `Let ingestion go on after ${FOR[reason]}`,
    step: `resume${reason}`,
    script: 'start-ingestion',
    environment: { SERVICES: heldServices() },
    question: `Does ingestion go on after ${FOR[reason]}?`,
    done: `Ingestion goes on after ${FOR[reason]}`,
  });
