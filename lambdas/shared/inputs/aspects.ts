// Inputs of the aspects runbook's machines.

import * as z from 'zod';
import { targetProblem } from '../aspects/path';
import { RUN_ID } from './identifiers';
import type { InputKind } from './input-kind';
import { notBoth, run } from './run-members';
import type { AspectsTarget } from './target';

/** What the schemas must know of the target. */
export interface AspectsInputTarget {
  readonly instanceId: AspectsTarget['host']['instanceId'];
  readonly tutorRoot: AspectsTarget['host']['tutorRoot'];
}

type Kind = InputKind<AspectsInputTarget>;

/** One run alone works on a host. */
const leases: Kind['leases'] = (_, { instanceId }) => [`aspects.${instanceId}`];

/** A release this runbook knows, exactly. */
const version = z.string().superRefine((text, context) => {
  const message = targetProblem(text);
  if (message) context.addIssue({ code: 'custom', message });
});

/** A text that people read: why something is left out. */
const reason = z.string().regex(/^\S[^\n]{8,400}$/, 'must say why, in 10 to 400 characters');

/** A folder of the host in which somebody has put a backup. */
const folder = z
  .string()
  .regex(/^(\/[A-Za-z0-9_.@+-]{1,100}){1,20}$/, 'must be an absolute path without blanks')
  .refine((text) => !/\/\.{1,2}(\/|$)/.test(text), 'must not have . or .. in it');

const backup = z.discriminatedUnion('method', [
  /** Taken by this run. */
  z.strictObject({ method: z.literal('native') }),
  /** Taken by people while the run waits at a gate, and proven afterwards. */
  z.strictObject({
    method: z.literal('gate'),
    /** Folder of the host with the dump of Superset's database and the copy of config.yml. */
    folder,
  }),
]);

const triedOnCopy = z.union([
  /** A run on a copy of this installation. */
  z.strictObject({
    /** Its run, by which its report is found. */
    reportOf: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
    /** Minutes it took. */
    minutes: z.number().positive().max(100_000),
  }),
  z.strictObject({ without: reason }),
]);

const upgradeSchema = ({ tutorRoot }: AspectsInputTarget) =>
  z
    .strictObject({
      targetVersion: version,
      /** Typed, so that nobody upgrades the wrong project. */
      tutorRoot: z
        .string()
        .refine((typed) => typed === tutorRoot, `this stack upgrades ${tutorRoot}: type that path`),
      /** Whether 1.x may stop at 2.4.0 on its way to 2.5 and newer. */
      throughHop: z.boolean().default(true),
      backup,
      /** Asked for above ten million events: the run on a copy, or why there is none. */
      triedOnCopy: triedOnCopy.nullable().default(null),
      /** Models that are built anew in full after the upgrade, one by one, each with what is built from it. */
      models: z
        .array(z.string().regex(/^[a-z][a-z0-9_]{0,99}\+?$/, 'must be the name of a model'))
        .max(50)
        .default([])
        .refine(
          (names) => new Set(names.map((name) => name.replace('+', ''))).size === names.length,
          'must not name a model twice',
        ),
      /** Whether tracking logs are read again afterwards, for events that were lost meanwhile. */
      replayTrackingLogs: z.boolean().default(false),
      /** Whether objects that the new version no longer uses are removed, after a gate. */
      removeDeprecated: z.boolean().default(true),
      /** Longest time of the images' build and of the initialisation, in hours. */
      buildHours: z.number().min(0.5).max(24).default(6),
      initHours: z.number().min(0.5).max(48).default(24),
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `aspects-upgrade`. */
export const upgrade: Kind = {
  schema: upgradeSchema,
  leases,
  tunable: [
    'triedOnCopy',
    'models',
    'replayTrackingLogs',
    'removeDeprecated',
    'buildHours',
    'initHours',
  ],
  example: ({ tutorRoot }) => ({
    targetVersion: '2.4.0',
    tutorRoot,
    backup: { method: 'native' },
    removeDeprecated: true,
    dryRun: true,
  }),
};

const rollbackSchema = ({ tutorRoot }: AspectsInputTarget) =>
  z
    .strictObject({
      /** Run of the upgrade whose backup is restored. */
      upgradeOf: z.string().regex(RUN_ID, 'must be the id of a run, as in run-20260131-0a1b2c3d4e'),
      /** Typed: events since the backup are lost in ClickHouse. */
      tutorRoot: z
        .string()
        .refine(
          (typed) => typed === tutorRoot,
          `this stack takes back ${tutorRoot}: type that path`,
        ),
      /** Whether tracking logs are read again, for the events since the backup. */
      replayTrackingLogs: z.boolean().default(false),
      buildHours: z.number().min(0.5).max(24).default(6),
      initHours: z.number().min(0.5).max(48).default(24),
      ...run,
    })
    .refine(notBoth.check, notBoth.params);

/** Input of `aspects-rollback`. */
export const rollback: Kind = {
  schema: rollbackSchema,
  leases,
  tunable: ['replayTrackingLogs', 'buildHours', 'initHours'],
  example: ({ tutorRoot }) => ({
    upgradeOf: 'run-20260131-0a1b2c3d4e',
    tutorRoot,
    dryRun: true,
  }),
};
