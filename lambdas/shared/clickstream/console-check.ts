// Whether the console would take an upgrade of a pipeline now: its address, its token, the pipeline's status
// and the time zones, asked before anything is changed.

import { ConsoleTokenError, NetworkPathError, PipelineRefusedError } from '../errors';
import {
  type ConsoleDeps,
  type ConsoleRef,
  type ConsoleStack,
  openConsole,
} from './console-access';
import type { ConsolePipeline } from './console-api';

/** What the pipeline shall get. */
export interface WantedZones {
  readonly appIds: readonly string[];
  readonly timezones: Readonly<Record<string, string>>;
}

/** Findings, each with what to do. */
export async function checkConsole(
  deps: ConsoleDeps,
  ref: ConsoleRef & { readonly tokenSecretArn: string },
  stack: ConsoleStack,
  { projectId, pipelineId }: { projectId: string; pipelineId: string },
  wanted: WantedZones,
): Promise<string[]> {
  try {
    const api = await openConsole(deps, ref, stack);
    const answer = await api.pipeline(pipelineId, projectId);
    if (!answer.ok) {
      return [`the console does not show pipeline ${pipelineId}: ${answer.message}`];
    }
    return [...statusProblems(answer.data), ...zoneProblems(answer.data, wanted)];
  } catch (error) {
    const repairable = [ConsoleTokenError, NetworkPathError, PipelineRefusedError];
    if (repairable.some((kind) => error instanceof kind)) return [(error as Error).message];
    throw error;
  }
}

function statusProblems({ statusType, templateInfo }: ConsolePipeline): string[] {
  if (statusType === 'Active' || templateInfo.isLatest) return [];
  const advice =
    statusType === 'Failed' || statusType === 'Warning'
      ? 'repair it and press Retry in the console'
      : 'wait until it is Active';
  return [
    `the console shows the pipeline as ${statusType} and upgrades only one that is Active: ${advice}`,
  ];
}

function zoneProblems(
  { timezone = [] }: ConsolePipeline,
  { appIds, timezones }: WantedZones,
): string[] {
  const known = new Map(timezone.map((one) => [one.appId, one.timezone]));
  const missing = appIds.filter((id) => !known.has(id) && timezones[id] === undefined);
  const other = Object.entries(timezones).filter(
    ([id, zone]) => known.has(id) && known.get(id) !== zone,
  );
  return [
    ...(missing.length > 0 ? [missingZones(missing)] : []),
    ...other.map(
      ([id, zone]) =>
        `application ${id} has the time zone ${known.get(id)}, which is final, not ${zone}: leave it out of pipeline.timezones`,
    ),
  ];
}

/** What an input must have for applications without a reporting time zone. */
export const missingZones = (ids: readonly string[]): string =>
  'the console upgrades a pipeline only when every application has a reporting time zone: give pipeline.timezones ' +
  `for ${ids.join(', ')}, e.g. {"${ids[0]}": "Europe/Berlin"}; a zone is final`;
