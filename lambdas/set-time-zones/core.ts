// Pipelines of v1.1.5 and older have no reporting time zones, and the console upgrades none without. A zone
// is final, so everything that is wrong is found before the first one is set.

import { type ConsoleDeps, consoleStack, openConsole } from '../shared/clickstream/console-access';
import type { ConsoleApi } from '../shared/clickstream/console-api';
import { inTime } from '../shared/clickstream/network-path';
import { rootStacks } from '../shared/clickstream/solution-stacks';
import { iso } from '../shared/clock';
import { PipelineRefusedError, TimeZoneError, TryAgainError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { SetTimeZonesPayload, SetTimeZonesResult } from './payload';

/** The ledger's item about an application's zone. */
interface ZoneItem {
  readonly number: number;
  readonly timezone: string;
  readonly requestId: string;
  readonly state: 'intent' | 'set';
  readonly at: string;
}

export async function setTimeZones(
  payload: SetTimeZonesPayload,
  deps: ConsoleDeps,
): Promise<SetTimeZonesResult> {
  const { projectId, console } = payload;
  await inTime(console.inVpc, 'DynamoDB', ownRun(deps.ledger, payload));
  const roots = await rootStacks(deps.cloudFormation(payload.region), projectId);
  const pipelineId = roots[0]?.pipelineId ?? '';
  // Every application of the project counts, not only those whose data are migrated.
  const lists = roots.flatMap(({ parameters }) => (parameters.AppIds ?? '').split(','));
  const apps = [...new Set(lists.map((id) => id.trim()).filter((id) => id !== ''))].sort();
  const api = await openConsole(deps, console, await consoleStack(deps, console));
  const zones = await zonesOf(api, pipelineId, projectId);
  const findings = problems(apps, zones, payload.timezones);
  if (findings.length > 0) throw new TimeZoneError(textOf(findings));
  const missing = apps.filter((app) => !zones.has(app));
  for (const app of missing) await setZone(payload, deps, api, pipelineId, app);
  return { set: missing.length, had: apps.length - missing.length };
}

const textOf = (findings: readonly string[]): string =>
  `${findings.length} finding(s): ${findings.map((text, i) => `(${i + 1}) ${text}`).join('; ')}. No zone was set now. ` +
  'A zone that is missing can be set in the console, then redrive; or start a new execution with continueRun and another pipeline.timezones';

/** Zones the console has; an empty one is none. */
async function zonesOf(api: ConsoleApi, pipelineId: string, projectId: string) {
  const answer = await api.pipeline(pipelineId, projectId);
  if (!answer.ok) {
    throw new PipelineRefusedError(
      `the console knows no pipeline ${pipelineId} of project ${projectId}: ${answer.message}. Nothing was changed; ` +
        'is it the console of this project? Redrive when that is repaired',
    );
  }
  const set = (answer.data.timezone ?? []).filter(({ timezone }) => timezone.trim() !== '');
  return new Map(set.map(({ appId, timezone }) => [appId, timezone]));
}

function problems(
  apps: readonly string[],
  zones: ReadonlyMap<string, string>,
  wanted: Readonly<Record<string, string>>,
): string[] {
  const asked = Object.entries(wanted);
  const missing = apps.filter((app) => !zones.has(app) && wanted[app] === undefined);
  const strange = asked.filter(([app]) => !apps.includes(app)).map(([app]) => app);
  const final = asked.filter(([app, zone]) => (zones.get(app) ?? zone) !== zone);
  return [
    ...(missing.length > 0
      ? [
          `no time zone for application(s) ${missing.join(', ')}: the console has none, and pipeline.timezones of the input names none`,
        ]
      : []),
    ...(strange.length > 0
      ? [`pipeline.timezones names ${strange.join(', ')}, which the project does not have`]
      : []),
    ...final.map(
      ([app, zone]) =>
        `application ${app} has time zone ${zones.get(app)}, which is final; pipeline.timezones says ${zone}`,
    ),
    ...asked
      .filter(([, zone]) => !isZone(zone))
      .map(([app, zone]) => `${JSON.stringify(zone)} of application ${app} is no IANA time zone`),
  ];
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets are understood as well, but not by the console.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

async function setZone(
  payload: SetTimeZonesPayload,
  { ledger, clock }: ConsoleDeps,
  api: ConsoleApi,
  pipelineId: string,
  app: string,
): Promise<void> {
  const { runId, projectId } = payload;
  const timezone = payload.timezones[app]!;
  const key = runKey(runId, `time-zone#${app}`);
  const old = await ledger.get<ZoneItem>(key);
  const number = (old?.number ?? 0) + 1;
  const requestId = `${runId}-time-zone-${app}-${number}`;
  const item = { number, timezone, requestId, at: iso(clock.now()) };
  const intent: ZoneItem = { ...item, state: 'intent' };
  if (!(await ledger.put(key, intent, old ? { number: old.number } : 'absent'))) {
    throw new TryAgainError(`another invocation sets the time zone of ${app}`);
  }
  const answer = await api.setTimeZone(app, projectId, timezone, requestId);
  if (!answer.ok) {
    // Somebody was faster, or an answer of ours was lost: what is there now decides.
    const there = (await zonesOf(api, pipelineId, projectId)).get(app);
    if (there !== timezone) {
      throw new TimeZoneError(
        `the console did not set time zone ${timezone} of application ${app} (${answer.status}): ${answer.message}. ` +
          `It has ${there ?? 'none that it shows'} now. Repair the cause, or set the zone in the console, then redrive`,
      );
    }
  }
  await ledger.put(key, { ...item, state: 'set' } satisfies ZoneItem);
}
