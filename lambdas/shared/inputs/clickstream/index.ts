// Inputs of the clickstream runbook's machines.

import * as z from 'zod';
import type { InputKind } from '../input-kind';
import { notBoth, run } from '../run-members';
import {
  appIds,
  type ClickstreamInputTarget,
  consoleMember,
  migrationMember,
  pipelineMember,
  projectId,
  redshiftMember,
  targetVersion,
} from './members';

export type { ClickstreamInputTarget } from './members';

type Kind = InputKind<ClickstreamInputTarget>;

/** Names of what one run alone may change. Each application is leased on its own. */
const leases = {
  console: ({ console }: ClickstreamInputTarget) => `stack.${console.stackName}`,
  pipeline: ({ projectId: id }: ClickstreamInputTarget) => `clickstream.${id}.-pipeline`,
  loads: ({ projectId: id }: ClickstreamInputTarget) => `clickstream.${id}.-loads`,
  servers: ({ projectId: id }: ClickstreamInputTarget) => `clickstream.${id}.-ingestion`,
  apps: (ids: readonly string[], target: ClickstreamInputTarget) =>
    ids.map((id) => `clickstream.${target.projectId}.${id}`),
};

const exampleMigration = ({ retentionDays }: ClickstreamInputTarget) => ({
  days: Math.min(30, retentionDays),
  batchDays: Math.min(5, retentionDays),
  baseViewBatchHours: 24,
});

const exampleZones = (target: ClickstreamInputTarget) =>
  Object.fromEntries(target.appIds.map((id) => [id, 'Europe/Berlin']));

const migrationSchema = (target: ClickstreamInputTarget) =>
  z
    .strictObject({
      projectId: projectId(target),
      appIds: appIds(target),
      migration: migrationMember(target),
      /** Whether loads are stopped meanwhile; false when they are known to be stopped. */
      quietPeriod: z.boolean().default(true),
      redshift: redshiftMember,
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `clickstream-data-migration`. */
export const dataMigration: Kind = {
  schema: migrationSchema,
  leases: (input, target) => {
    const { appIds: ids, quietPeriod } = input as z.infer<ReturnType<typeof migrationSchema>>;
    return [...leases.apps(ids, target), ...(quietPeriod ? [leases.loads(target)] : [])];
  },
  example: (target) => ({
    projectId: target.projectId,
    appIds: [...target.appIds],
    migration: exampleMigration(target),
    dryRun: true,
  }),
};

/** Input of `clickstream-console-update`. */
export const consoleUpdate: Kind = {
  schema: () =>
    z
      .strictObject({ targetVersion, console: consoleMember, ...run })
      .refine(notBoth.check, notBoth.params),
  leases: (_, target) => [leases.console(target)],
  example: () => ({
    targetVersion: '1.1.15',
    console: { templateUrl: null, parameters: {} },
    dryRun: true,
  }),
};

/** Input of `clickstream-pipeline-upgrade`: to the version of its console. */
export const pipelineUpgrade: Kind = {
  schema: (target) =>
    z
      .strictObject({
        projectId: projectId(target),
        pipeline: pipelineMember,
        ...run,
      })
      .refine(notBoth.check, notBoth.params),
  leases: (_, target) => [leases.pipeline(target), leases.loads(target)],
  example: (target) => ({
    projectId: target.projectId,
    pipeline: { timezones: exampleZones(target) },
    dryRun: true,
  }),
};

/** Input of `clickstream-ingestion-refresh`. */
export const ingestionRefresh: Kind = {
  schema: (target) =>
    z.strictObject({ projectId: projectId(target), ...run }).refine(notBoth.check, notBoth.params),
  leases: (_, target) => [leases.servers(target)],
  example: (target) => ({ projectId: target.projectId, dryRun: true }),
};

/** Input of `clickstream-legacy-cleanup`. */
export const legacyCleanup: Kind = {
  schema: (target) =>
    z
      .strictObject({
        projectId: projectId(target),
        appIds: appIds(target),
        /** Days that were migrated: they are compared again before anything is dropped. */
        migration: z.strictObject({ days: z.int().min(1).max(target.retentionDays) }),
        ...run,
      })
      .refine(notBoth.check, notBoth.params),
  leases: (input, target) => leases.apps((input as { appIds: string[] }).appIds, target),
  example: (target) => ({
    projectId: target.projectId,
    appIds: [...target.appIds],
    migration: { days: exampleMigration(target).days },
    dryRun: true,
  }),
};

/** Gates that may be left out; every other one asks in any case. */
const GATES = ['change-set', 'cleanup'] as const;

const upgradeSchema = (target: ClickstreamInputTarget) =>
  z
    .strictObject({
      projectId: projectId(target),
      appIds: appIds(target),
      targetVersion,
      console: consoleMember,
      pipeline: pipelineMember,
      ingestion: z.strictObject({ refresh: z.boolean().default(true) }).default({ refresh: true }),
      migration: migrationMember(target),
      metrics: z
        .strictObject({ recalculate: z.boolean().default(true) })
        .default({ recalculate: true }),
      cleanup: z
        .strictObject({ dropLegacy: z.boolean().default(false) })
        .default({ dropLegacy: false }),
      /** A change set that touches data, and dropping tables, are asked about in any case. */
      gates: z.array(z.enum(GATES)).default([...GATES]),
      redshift: redshiftMember,
      ...run,
    })
    .refine(({ cleanup, gates }) => !cleanup.dropLegacy || gates.includes('cleanup'), {
      path: ['gates'],
      message: 'must have cleanup: nothing is dropped without being asked about',
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `clickstream-upgrade`: the whole guide. */
export const upgrade: Kind = {
  schema: upgradeSchema,
  leases: (input, target) => [
    leases.console(target),
    leases.pipeline(target),
    leases.loads(target),
    leases.servers(target),
    ...leases.apps((input as { appIds: string[] }).appIds, target),
  ],
  example: (target) => ({
    projectId: target.projectId,
    appIds: [...target.appIds],
    targetVersion: '1.1.15',
    console: { templateUrl: null, parameters: {} },
    pipeline: { timezones: exampleZones(target) },
    ingestion: { refresh: true },
    migration: { ...exampleMigration(target), capacityRpus: null },
    metrics: { recalculate: true },
    cleanup: { dropLegacy: false },
    gates: [...GATES],
    dryRun: true,
  }),
};
