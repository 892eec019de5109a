// What an upgrade has left, and the way back from there. It changes nothing; a redrive reads anew.

import { type BackupRecord, backupKey } from '../shared/aspects/backup';
import { feeding, type HostFacts, isOn } from '../shared/aspects/host/facts';
import { ownModels } from '../shared/aspects/host/findings';
import { type KeptPath, pathKey } from '../shared/aspects/path/kept';
import { PreflightError, RunbookError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';
import { keepWayBack, keptWayBack } from './kept';
import type { ReadUpgradePayload, ReadUpgradeResult } from './payload';
import {
  downgradeOf,
  imageProblems,
  problemsOf,
  questionOf,
  unknownUpgrade,
  wayBack,
} from './way-back';

/** What the task reads with. */
export interface ReadUpgradeDeps {
  readonly ledger: Ledger;
  /** The inspection of the host, made anew. */
  lookAtHost(): Promise<HostFacts>;
  /** What ClickHouse says now. */
  lookAtServer(): Promise<ServerFacts>;
}

/** ClickHouse as it is now. */
export interface ServerFacts {
  /** Its release, `25.3.2.39`. */
  readonly version: string;
  /** Revision of the migrations; null: there is none. */
  readonly alembic: string | null;
}

/** @throws PreflightError with every finding */
export async function readUpgrade(
  payload: ReadUpgradePayload,
  deps: ReadUpgradeDeps,
): Promise<ReadUpgradeResult> {
  const { ledger } = deps;
  const { upgradeOf, dryRun } = payload;
  const kept = dryRun ? undefined : await keptWayBack(ledger, payload);
  if (kept) return kept;
  const run = await ledger.get<RunItem>(runKey(upgradeOf));
  const path = await ledger.get<KeptPath>(pathKey(upgradeOf));
  const backup = await ledger.get<BackupRecord>(backupKey(upgradeOf));
  const facts = await deps.lookAtHost();
  const record = { run, path, backup };
  const unknown = unknownUpgrade(upgradeOf, record);
  if (unknown) throw new PreflightError([unknown]);
  const server = await orProblem(deps.lookAtServer());
  const inContextMetrics = isOn(facts, 'ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS');
  const way = wayBack(path!, facts.tutor, { inContextMetrics, mode: payload.mode });
  const downgradeTo = server.facts && downgradeOf(way, facts, server.facts.alembic);
  const problems = [
    ...server.problems,
    ...problemsOf(path!, {
      facts,
      server: server.facts?.version ?? null,
      cluster: payload.clickhouse.cluster,
    }),
    ...(downgradeTo === null ? [] : imageProblems(facts, payload.mode)),
    ...facts.jobs.map((job) => `${job} is at work: wait for its end`),
  ];
  if (problems.length > 0) throw new PreflightError(problems);
  const result: ReadUpgradeResult = {
    ...way,
    ownModels: ownModels(facts),
    // What was held when the upgrade failed does not run now, and has to in the end.
    services: [...new Set([...path!.services, ...feeding(facts)])].join(' '),
    downgradeTo,
    backup: backup!,
    question: questionOf(way, backup!),
  };
  if (!dryRun) await keepWayBack(ledger, payload, result);
  return result;
}

/** A server that does not answer is one finding among others. */
async function orProblem(
  asking: Promise<ServerFacts>,
): Promise<{ readonly facts: ServerFacts | null; readonly problems: readonly string[] }> {
  try {
    return { facts: await asking, problems: [] };
  } catch (error) {
    if (!(error instanceof RunbookError) || error.family === 'try again') throw error;
    return { facts: null, problems: [error.message] };
  }
}
