// What must hold before a pipeline is upgraded, each finding with what to do.

import { missingZones } from '../shared/clickstream/console-check';
import type { RootStack } from '../shared/clickstream/solution-stacks';
import {
  compareShort,
  parseVersion,
  pathProblem,
  targetProblem,
} from '../shared/clickstream/versions';
import { notUpdatable, standingOf } from '../shared/stacks/stack-status';
import { registeredApps } from './facts';
import type { PipelineChecks } from './payload';

/** Pipelines of older versions have no reporting time zones. */
const FIRST_WITH_ZONES = { major: 1, minor: 1, patch: 6, build: '' };

export interface Found {
  readonly findings: string[];
  readonly warnings: string[];
}

/** Findings of the stacks alone. */
export function checkStacks(
  roots: readonly RootStack[],
  checks: PipelineChecks,
  { findings, warnings }: Found,
): void {
  const parameter = (kind: string, name: string) =>
    roots.find((root) => root.kind === kind)?.parameters[name];
  const known = registeredApps(roots);
  if (checks.targetVersion !== null) {
    findings.push(...versionProblems(roots, checks.targetVersion));
    for (const { name, status } of roots) {
      const stuck = notUpdatable(name, status) ?? rolledBack(name, status);
      if (stuck) findings.push(stuck);
      else if (standingOf(status) === 'busy') {
        findings.push(`stack ${name} is in ${status}: wait until it has ended`);
      }
    }
    // The console refuses such a pipeline when it is asked to upgrade it.
    if (
      parameter('Ingestion', 'ServerMin') === '1' &&
      parameter('Ingestion', 'ServerMax') === '1'
    ) {
      findings.push(
        'minimum and maximum of the ingestion servers are 1, and the console upgrades no such pipeline: edit the pipeline, maximum 2 at least',
      );
    }
    findings.push(...zoneProblems(roots, known, checks));
  }
  const strangers = checks.appIds.filter((id) => !known.includes(id));
  if (strangers.length > 0) {
    findings.push(
      `application(s) ${strangers.join(', ')} are not registered in this pipeline; it has ${known.join(', ') || 'none'}`,
    );
  }
  const others = known.filter((id) => !checks.appIds.includes(id));
  if (others.length > 0) {
    warnings.push(
      `application(s) ${others.join(', ')} of this pipeline are upgraded with it, their schemas too, but their data is not migrated by this run`,
    );
  }
  const kept = Number(
    parameter('DataModelingRedshift', 'ClearExpiredEventsRetentionRangeDays') ?? 365,
  );
  if (checks.days !== null && checks.days > kept) {
    findings.push(
      `${checks.days} days are more than the ${kept} days the pipeline keeps: the rest would be deleted again every day; give migration.days of at most ${kept}`,
    );
  }
}

function versionProblems(roots: readonly RootStack[], target: string): string[] {
  const to = parseVersion(target);
  if (!to) return [targetProblem(target) ?? `${target} is no version`];
  const texts = new Set(
    roots.map(({ name, version }) => {
      const from = parseVersion(version);
      if (!from) return `stack ${name} has no version in its tag aws-solution/version`;
      return pathProblem(from, to);
    }),
  );
  return [...texts].filter((text) => text !== undefined);
}

const rolledBack = (name: string, status: string): string | undefined =>
  /ROLLBACK_COMPLETE$/.test(status)
    ? `stack ${name} is in ${status}, an upgrade of it has failed before: repair the cause and press Retry in the console first`
    : undefined;

/** Pipelines before 1.1.6 have no reporting time zones, and a zone cannot be changed once it is set. */
function zoneProblems(
  roots: readonly RootStack[],
  known: readonly string[],
  { timezones }: PipelineChecks,
): string[] {
  const old = roots.some(({ version }) => {
    const from = parseVersion(version);
    return from !== undefined && compareShort(from, FIRST_WITH_ZONES) < 0;
  });
  const missing = old ? known.filter((id) => timezones[id] === undefined) : [];
  return missing.length > 0 ? [missingZones(missing)] : [];
}
