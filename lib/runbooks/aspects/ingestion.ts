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

/** Services that ran when the run began: Ralph, Vector, the consumer of the event bus. */
const SERVICES = '{% $states.input.found.services %}';

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
    environment: { SERVICES: inItem ? '{% $states.input.common.services %}' : SERVICES },
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
    environment: { SERVICES },
    question: `Does ingestion go on after ${FOR[reason]}?`,
    done: `Ingestion goes on after ${FOR[reason]}`,
  });
