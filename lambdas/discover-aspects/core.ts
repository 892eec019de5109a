// Looks at the host and at ClickHouse, decides the way, and says everything that stands in it at once. It
// changes nothing, neither there nor here: a redrive looks anew.

import { backupKey } from '../shared/aspects/backup';
import { feeding, type HostFacts, isOn } from '../shared/aspects/host/facts';
import { hostFindings, ownModels } from '../shared/aspects/host/findings';
import { notesText } from '../shared/aspects/notes';
import { decidePath, type Hop, type Path } from '../shared/aspects/path';
import { type KeptPath, keepPath, keptPath } from '../shared/aspects/path/kept';
import { majorOf, type Release, releaseOf } from '../shared/aspects/versions';
import { PreflightError, RunbookError } from '../shared/errors';
import { type ItemMark, itemKey } from '../shared/items';
import type { Ledger } from '../shared/ledger';
import { backupFindings, backupWarnings } from './backup-findings';
import type { ClickHouseSeen } from './clickhouse/seen';
import { copyFinding, forecastOf } from './forecast';
import type { DiscoverAspectsPayload, DiscoverAspectsResult, HopItem } from './payload';
import { warningsOf } from './warnings';

/** What the task looks with. */
export interface DiscoverAspectsDeps {
  readonly ledger: Ledger;
  /** The inspection of the host, made anew. */
  lookAtHost(): Promise<HostFacts>;
  /** The same of ClickHouse; what cannot be reached is a finding. */
  lookAtClickHouse(installed: Release, target: Release): Promise<ClickHouseSeen>;
}

/** @throws PreflightError with every finding */
export async function discoverAspects(
  payload: DiscoverAspectsPayload,
  deps: DiscoverAspectsDeps,
): Promise<DiscoverAspectsResult> {
  const facts = await deps.lookAtHost();
  const configured = {
    mode: payload.mode,
    databases: payload.clickhouse.databases,
    cluster: payload.clickhouse.cluster,
  };
  // A run that goes on has moved the installed version itself: its way stays the one it began with. Once its
  // backup is proven, what was looked at then may be half changed; before, nothing is.
  const kept = payload.dryRun ? undefined : await keptPath(deps.ledger, payload);
  const backedUp =
    !payload.dryRun && (await deps.ledger.get(backupKey(payload.runId))) !== undefined;
  const begun = kept !== undefined && backedUp;
  const from = kept?.from ?? facts.aspects;
  const path: Path = kept ?? decide(facts, payload);
  // What this run holds does not run now, and is not missing.
  const running = [...new Set([...facts.running, ...(kept?.services ?? [])])];
  const onHost = begun
    ? []
    : [
        ...movedFinding(kept, facts),
        ...hostFindings({ ...facts, running }, configured),
        ...backupFindings(facts, configured, payload.backupMethod),
      ];
  const [installed, target] = [releaseOf(from), releaseOf(payload.targetVersion)];
  // Without both nobody can say what ClickHouse should have.
  if (!installed || !target) throw new PreflightError([...(path.problems ?? []), ...onHost]);
  const seen = await seenOf(deps.lookAtClickHouse(installed, target));
  const findings = [
    ...(path.problems ?? []),
    ...onHost,
    ...(begun ? [] : seen.findings),
    ...(begun ? [] : copyFinding(seen, payload.triedOnCopy)),
  ];
  if (findings.length > 0) throw new PreflightError(findings);
  const hops = path.hops!;
  const services = kept?.services ?? feeding(facts);
  if (!payload.dryRun && !kept) {
    await keepPath(deps.ledger, payload, {
      from,
      hops,
      services,
      tutor: facts.tutor,
      server: seen.serverVersion,
    });
  }
  return {
    from,
    to: payload.targetVersion,
    tutor: facts.tutor,
    services: services.join(' '),
    way: hops.map(({ version }) => version),
    dbt: hops.at(-1)!.dbt,
    hops: (kept ? await notDone(deps.ledger, payload.runId, hops) : hops).map((hop) =>
      itemOf(hop, facts),
    ),
    refresh: refreshOf(hops, payload.models),
    events: seen.events,
    warnings: [
      ...warningsOf(facts, from, hops),
      ...backupWarnings(facts, configured, payload.backupMethod),
      ...seen.notes,
    ],
    forecast: forecastOf(seen, payload.triedOnCopy),
    notes: notesText(from, payload.targetVersion),
    backedUp,
    lastEmission: seen.lastEmission,
  };
}

/** Whoever installed another version meanwhile has made another way of it. */
const movedFinding = (kept: KeptPath | undefined, { aspects }: HostFacts): string[] =>
  !kept || kept.from === aspects || aspects === ''
    ? []
    : [
        `Aspects ${aspects} is installed, and the way of this run begins at ${kept.from}: release it, and start a new execution without continueRun`,
      ];

/** A version that is proven once is not looked at again: models of the next one may be there by now. */
async function notDone(ledger: Ledger, runId: string, hops: readonly Hop[]): Promise<Hop[]> {
  const marks = await Promise.all(
    hops.map(({ version }) =>
      ledger.get<ItemMark>(itemKey(runId, { map: 'versions', key: version })),
    ),
  );
  return hops.filter((_, i) => marks[i]?.status !== 'done');
}

const decide = (
  facts: HostFacts,
  { targetVersion, throughHop, mode }: DiscoverAspectsPayload,
): Path =>
  decidePath({
    from: facts.aspects,
    to: targetVersion,
    tutorMajor: majorOf(facts.tutor),
    python: facts.python,
    cluster: facts.settings.CLICKHOUSE_CLUSTER_NAME ?? '',
    inContextMetrics: isOn(facts, 'ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS'),
    mayHop: throughHop,
    mode,
  });

/** A way that is closed is one finding among others. */
async function seenOf(looking: Promise<ClickHouseSeen>): Promise<ClickHouseSeen> {
  try {
    return await looking;
  } catch (error) {
    if (!(error instanceof RunbookError) || error.family === 'try again') throw error;
    return {
      findings: [error.message],
      notes: [],
      serverVersion: '',
      events: 0,
      freeBytes: 0,
      neededBytes: 0,
      lastEmission: null,
    };
  }
}

function itemOf({ refresh: _, ...hop }: Hop, facts: HostFacts): HopItem {
  const { tutor } = facts;
  return { key: hop.version, value: { ...hop, tutor, ownModels: ownModels(facts) } };
}

/** Those of the last hop, which are the only ones there are, and those the input names; none of them twice. */
function refreshOf(
  hops: readonly Hop[],
  models: readonly string[],
): DiscoverAspectsResult['refresh'] {
  const needed = hops.flatMap(({ refresh }) => refresh);
  const bare = (model: string) => model.replace('+', '');
  const asked = models.filter((model) => !needed.some((one) => bare(one) === bare(model)));
  return [...needed, ...asked].map((model) => ({ key: bare(model), value: model }));
}
