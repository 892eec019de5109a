// Looks at the host and at ClickHouse, decides the way, and says everything that stands in it at once. It
// changes nothing, neither there nor here: a redrive looks anew.

import type { PreflightAspectsResult } from '../preflight-aspects/payload';
import { notesText } from '../shared/aspects/notes';
import { decidePath, type Hop, type Path } from '../shared/aspects/path';
import { fits, majorOf, releaseOf } from '../shared/aspects/versions';
import { PreflightError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import type { Ledger } from '../shared/ledger';
import { copyFinding, forecastOf } from './forecast';
import { type HostFacts, hostFindings, rootFindings } from '../shared/aspects/host/findings';
import { keepPath, keptPath } from '../shared/aspects/path/kept';
import type { DiscoverAspectsPayload, DiscoverAspectsResult, HopItem } from './payload';
import { warningsOf } from './warnings';

/** What the task looks with. */
export interface DiscoverAspectsDeps {
  readonly ledger: Ledger;
  /** The inspection of the host, made anew. */
  lookAtHost(invocation: Invocation): Promise<HostFacts>;
  /** The same of ClickHouse; what cannot be reached is a finding. */
  lookAtClickHouse(from: string, to: string): Promise<PreflightAspectsResult>;
}

/** @throws PreflightError with every finding */
export async function discoverAspects(
  payload: DiscoverAspectsPayload,
  deps: DiscoverAspectsDeps,
  invocation: Invocation,
): Promise<DiscoverAspectsResult> {
  const facts = await deps.lookAtHost(invocation);
  const configured = {
    tutorRoot: payload.host.tutorRoot,
    mode: payload.mode,
    databases: payload.clickhouse.databases,
    cluster: payload.clickhouse.cluster,
  };
  const wrongRoot = rootFindings(facts, configured);
  if (wrongRoot.length > 0) throw new PreflightError(wrongRoot);
  // A run that goes on has moved the installed version itself: its way stays the one it began with.
  const kept = payload.dryRun ? undefined : await keptPath(deps.ledger, payload);
  const from = kept?.from ?? facts.aspects!;
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
  if (!payload.dryRun && !kept) await keepPath(deps.ledger, payload, { from, hops });
  return {
    from,
    to: payload.targetVersion,
    tutor: facts.tutor,
    hops: hops.map((hop) => itemOf(hop, facts.tutor)),
    refresh: refreshOf(hops, payload.models),
    events: seen.events,
    warnings: warningsOf(facts, from, hops),
    forecast: forecastOf(seen, payload.rehearsedCopy),
    notes: notesText(from, payload.targetVersion),
    lastEmission: seen.lastEmission,
  };
}

const decide = (facts: HostFacts, { targetVersion, throughHop }: DiscoverAspectsPayload): Path =>
  decidePath({
    from: facts.aspects!,
    to: targetVersion,
    tutorMajor: majorOf(facts.tutor),
    python: facts.python,
    cluster: facts.cluster,
    inContextMetrics: facts.inContextMetrics,
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

function itemOf({ refresh: _, ...hop }: Hop, tutor: string): HopItem {
  return { key: hop.version, value: { ...hop, tutor } };
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
