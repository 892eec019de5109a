// Looks at everything the upgrade will touch, and reports all findings of all parts at once: an operator
// repairs them in one go, before anything is changed.

import { type PreflightDeps, preflightMigration } from '../preflight-migration/core';
import { readConsoleStack } from '../read-console-stack/core';
import { type ReadPipelineDeps, readPipeline } from '../read-pipeline/core';
import { PreflightError, StackBusyError } from '../shared/errors';
import { ownRun } from '../shared/runs';
import type { PreflightUpgradePayload, PreflightUpgradeResult } from './payload';

export type PreflightUpgradeDeps = ReadPipelineDeps & PreflightDeps;

export async function preflightUpgrade(
  payload: PreflightUpgradePayload,
  deps: PreflightUpgradeDeps,
): Promise<PreflightUpgradeResult> {
  const { console, pipeline, migration, ...caller } = payload;
  if (!caller.dryRun) await ownRun(deps.ledger, caller);
  const findings: string[] = [];
  const looks = [
    look('console', () => readConsoleStack({ ...caller, ...console }, deps)),
    look('pipeline', () => readPipeline({ ...caller, ...pipeline }, deps)),
    look('data', () => preflightMigration({ ...caller, ...migration }, deps)),
  ] as const;
  const [first, second, third] = await Promise.all(looks);
  findings.push(...[first, second, third].flatMap((one) => one.findings));
  if (findings.length > 0) throw new PreflightError(findings);
  return { console: first.found!, pipeline: second.found!, plan: third.found! };
}

interface Looked<T> {
  readonly found?: T;
  readonly findings: readonly string[];
}

/** Findings become values, so that the other parts are looked at all the same. */
async function look<T>(part: string, work: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { found: await work(), findings: [] };
  } catch (error) {
    const named = (text: string) => `${part}: ${text}`;
    if (error instanceof PreflightError) return { findings: error.findings.map(named) };
    if (error instanceof StackBusyError) return { findings: [named(error.message)] };
    throw error;
  }
}
