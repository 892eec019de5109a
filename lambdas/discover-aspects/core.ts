// Looks at the host and at ClickHouse, decides the way, and says everything that stands in it at once. It
// changes nothing, neither there nor here: a redrive looks anew.

import type { PreflightAspectsResult } from '../preflight-aspects/payload';
import { backupKey } from '../shared/aspects/backup';
import { feeding, type HostFacts, isOn } from '../shared/aspects/host/facts';
import { hostFindings, ownModels } from '../shared/aspects/host/findings';
import { notesText } from '../shared/aspects/notes';
import { decidePath, type Hop, type Path } from '../shared/aspects/path';
import { keepPath, keptPath } from '../shared/aspects/path/kept';
import { fits, majorOf, releaseOf } from '../shared/aspects/versions';
import { PreflightError } from '../shared/errors';
import type { Ledger } from '../shared/ledger';
import { copyFinding, forecastOf } from './forecast';
import type { DiscoverAspectsPayload, DiscoverAspectsResult, HopItem } from './payload';
import { warningsOf } from './warnings';

/** What the task looks with. */
export interface DiscoverAspectsDeps {
  readonly ledger: Ledger;
  /** The inspection of the host, made anew. */
  lookAtHost(): Promise<HostFacts>;
  /** The same of ClickHouse; what cannot be reached is a finding. */
  lookAtClickHouse(from: string, to: string): Promise<PreflightAspectsResult>;
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
  // A run that goes on has moved the installed version itself: its way stays the one it began with.
  const kept = payload.dryRun ? undefined : await keptPath(deps.ledger, payload);
  const from = kept?.from ?? facts.aspects;
  const path: Path = kept ?? decide(facts, payload);
  const seen = await deps.lookAtClickHouse(from, payload.targetVersion);
  const findings = [
    ...(path.problems ?? []),
    ...(kept ? [] : hostFindings(facts, configured)),
    ...(kept ? [] : modelFindings(from, seen.model)),
    ...seen.findings,
    ...copyFinding(seen, payload.rehearsedCopy),
  ];
  if (findings.length > 0) throw new PreflightError(findings);
  const hops = path.hops!;
  const services = kept?.services ?? feeding(facts);
  if (!payload.dryRun && !kept) await keepPath(deps.ledger, payload, { from, hops, services });
  return {
    from,
    to: payload.targetVersion,
    tutor: facts.tutor,
    services: services.join(' '),
    hops: hops.map((hop) => itemOf(hop, facts)),
    refresh: refreshOf(hops, payload.models),
    events: seen.events,
    warnings: warningsOf(facts, from, hops),
    forecast: forecastOf(seen, payload.rehearsedCopy),
    notes: notesText(from, payload.targetVersion),
    backedUp: !payload.dryRun && (await deps.ledger.get(backupKey(payload.runId))) !== undefined,
    lastEmission: seen.lastEmission,
  };
}

const decide = (facts: HostFacts, { targetVersion, throughHop }: DiscoverAspectsPayload): Path =>
  decidePath({
    from: facts.aspects,
    to: targetVersion,
    tutorMajor: majorOf(facts.tutor),
    python: facts.python,
    cluster: facts.settings.CLICKHOUSE_CLUSTER_NAME ?? '',
    inContextMetrics: isOn(facts, 'ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS'),
    mayHop: throughHop,
  });

/** What is installed and what lies in ClickHouse have to belong together. */
function modelFindings(from: string, model: PreflightAspectsResult['model']): string[] {
  if (!releaseOf(from) || fits(from, model.alembic, model.generation)) return [];
  return [
    `Aspects ${from} is installed, and ClickHouse has revision ${model.alembic || 'none'} and models of generation ${model.generation}: ` +
      'an initialisation of the installed version is missing or has failed; let tutor do init -l aspects end well first',
  ];
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
