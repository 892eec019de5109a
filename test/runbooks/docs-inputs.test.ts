// What a page says of inputs and configuration is what their schemas do: members, defaults, refusals.

import * as z from 'zod';
import type { RefusedInputError } from '../../lambdas/shared/errors';
import { checkInput, INPUTS, type InputName } from '../../lambdas/shared/inputs';
import {
  aspectsTargetSchema,
  clickstreamTargetSchema,
  rdwTargetSchema,
  studentModuleHistoryTargetSchema,
} from '../../lambdas/shared/inputs/target';
import { exampleTarget } from '../support/definitions';
import { bare, read, rowsOf, section } from '../support/pages';

const { clickstream, rdw, studentModuleHistory, aspects } = exampleTarget();

interface Runbook {
  readonly page: string;
  readonly target: object;
  readonly schema: z.ZodType;
  /** Machines by the letters of the table. */
  readonly letters: Readonly<Record<string, InputName>>;
  /** Defaults that the table says in words. */
  readonly words: Readonly<Record<string, string>>;
  /** Members of the configuration that are told as one. */
  readonly folded: RegExp;
  /** An input of the first machine, and for each refusal how its row begins and what is changed. */
  readonly input: object;
  readonly wrong: readonly (readonly [start: string, change: object, target?: object])[];
}

const CLICKSTREAM: Runbook = {
  page: read('docs/runbooks/clickstream.md'),
  target: clickstream,
  schema: clickstreamTargetSchema,
  letters: {
    U: 'clickstream-upgrade',
    C: 'clickstream-console-update',
    P: 'clickstream-pipeline-upgrade',
    I: 'clickstream-ingestion-refresh',
    D: 'clickstream-data-migration',
    L: 'clickstream-legacy-cleanup',
  },
  words: {
    projectId: "the target's",
    'migration.batchDays': '5, or days if fewer',
    continueRun: 'none',
  },
  folded: /^(console|pipeline|warehouse)$|\.vpc\./,
  input: { appIds: ['shop'], targetVersion: '1.1.15', migration: { days: 30 } },
  wrong: [
    ['projectId: this stack upgrades', { projectId: 'other' }],
    ['appIds.0: must be one of', { appIds: ['shopp'] }],
    ['appIds: must name at least', { appIds: [] }],
    ['appIds: must not name', { appIds: ['shop', 'shop'] }],
    ['targetVersion: version latest', { targetVersion: 'latest' }],
    ['targetVersion: v1.1.12', { targetVersion: '1.1.12' }],
    ['targetVersion: v1.0.3', { targetVersion: '1.0.3' }],
    ['console.templateUrl', { console: { templateUrl: 'http://a/b' } }],
    ['pipeline.timezones.shop', { pipeline: { timezones: { shop: 'Berlin' } } }],
    ['migration.days', { migration: { days: 366 } }],
    ['migration.batchDays', { migration: { days: 3, batchDays: 4 } }],
    ['migration.capacityRpus: must', { migration: { days: 3, capacityRpus: 100 } }],
    [
      'migration.capacityRpus: a prov',
      { migration: { days: 3, capacityRpus: 64 } },
      { ...clickstream, warehouse: { ...clickstream.warehouse, type: 'provisioned' } },
    ],
    ['gates', { cleanup: { dropLegacy: true }, gates: ['change-set'] }],
    ['continueRun: must', { continueRun: 'run-1' }],
    ['continueRun: a dry run', { dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' }],
  ],
};

const RDW: Runbook = {
  page: read('docs/runbooks/rdw.md'),
  target: rdw,
  schema: rdwTargetSchema,
  letters: { B: 'rdw-backfill', R: 'rdw-restore' },
  words: { continueRun: 'none' },
  folded: /^(source|warehouse|kubernetes)$|^vpc\./,
  input: { tenants: ['PA'] },
  wrong: [
    ['tenants.0: must be one of', { tenants: ['TX'] }],
    ['tenants: must name at least', { tenants: [] }],
    ['tenants: must not name', { tenants: ['PA', 'PA'] }],
    ['start: must be', { start: '2019-11-01 00:00:00' }],
    ['continueRun: must', { continueRun: 'run-1' }],
    ['continueRun: a dry run', { dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' }],
  ],
};

const STUDENT_MODULE_HISTORY: Runbook = {
  page: read('docs/runbooks/student-module-history.md'),
  target: studentModuleHistory,
  schema: studentModuleHistoryTargetSchema,
  letters: { M: 'student-module-history-migration', R: 'student-module-history-removal' },
  words: { continueRun: 'none' },
  folded: /^(source|target)$|^vpc\.|^(source|target)\.replicas\./,
  input: { table: 'courseware_studentmodulehistory' },
  wrong: [
    ['table: this stack copies', { table: 'courseware_studentmodule' }],
    ['settleMinutes: too small', { settleMinutes: 0 }],
    ['chunkMiB: too big', { chunkMiB: 65 }],
    ['abortThreads: must', { pauseThreads: 50 }],
    ['resumeStale: confirms', { resumeStale: true }],
    ['continueRun: must', { continueRun: 'run-1' }],
    ['continueRun: a dry run', { dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' }],
  ],
};

const ASPECTS: Runbook = {
  page: read('docs/runbooks/aspects.md'),
  target: { instanceId: aspects.host.instanceId, tutorRoot: aspects.host.tutorRoot },
  schema: aspectsTargetSchema,
  letters: { U: 'aspects-upgrade', R: 'aspects-rollback' },
  words: { continueRun: 'none' },
  folded: /^(host|clickhouse)$|^vpc\.|^clickhouse\.databases\./,
  input: {
    targetVersion: '2.4.0',
    tutorRoot: aspects.host.tutorRoot,
    backup: { method: 'native' },
  },
  wrong: [
    ['targetVersion: "latest"', { targetVersion: 'latest' }],
    ['targetVersion: version 4.0.0', { targetVersion: '4.0.0' }],
    ['targetVersion: the tag', { targetVersion: '1.4.0' }],
    ['tutorRoot: this stack upgrades', { tutorRoot: '/root' }],
    ['backup.folder', { backup: { method: 'gate', folder: '/a b' } }],
    ['models: must not', { models: ['a', 'a+'] }],
    ['continueRun: must', { continueRun: 'run-1' }],
    ['continueRun: a dry run', { dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' }],
  ],
};

const RUNBOOKS: readonly (readonly [string, Runbook])[] = [
  ['clickstream', CLICKSTREAM],
  ['rdw', RDW],
  ['student-module-history', STUDENT_MODULE_HISTORY],
  ['aspects', ASPECTS],
];

/** Members of an object's schema by path, as callers may give them. */
function membersOf(schema: z.ZodType): Map<string, { required: boolean; default?: unknown }> {
  interface Node {
    readonly properties?: Record<string, Node>;
    readonly anyOf?: readonly Node[];
    readonly oneOf?: readonly Node[];
    readonly items?: Node;
    readonly required?: readonly string[];
    readonly default?: unknown;
  }
  const found = new Map<string, { required: boolean; default?: unknown }>();
  const walk = (node: Node, at: string) => {
    for (const one of node.oneOf ?? []) walk(one, at);
    if (node.items) walk(node.items, at);
    for (const [name, member] of Object.entries(node.properties ?? {})) {
      found.set(`${at}${name}`, {
        required: !!node.required?.includes(name),
        default: member.default,
      });
      walk(member, `${at}${name}.`);
    }
  };
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node, '');
  return found;
}

/** Members that have none below them. */
const leaves = (members: ReadonlyMap<string, unknown>) =>
  [...members.keys()].filter((name) => ![...members.keys()].some((m) => m.startsWith(`${name}.`)));

describe.each(RUNBOOKS)('the page of %s', (_, { page, target, ...runbook }) => {
  /** The table of members, and that of refusals. */
  const [memberTable, refusalTable] = section(page, '### Members of the input').split(
    'The first state refuses',
  );

  describe.each(Object.entries(runbook.letters))('input %s, %s', (letter, name) => {
    const rows = rowsOf(memberTable!).filter(([, machines]) =>
      machines!.split(' ').includes(letter),
    );
    const members = membersOf((INPUTS[name].schema as (target: unknown) => z.ZodType)(target));

    it('has its members in the table, and no others', () => {
      const told = rows.map(([member]) => bare(member!));
      expect(told.sort()).toEqual(leaves(members).sort());
    });

    it('has the defaults that the table says', () => {
      const said = rows.map(([member, , value]) => [bare(member!), bare(value!)]);
      const real = said.map(([member]) => {
        const { required, default: value } = members.get(member!)!;
        const word = runbook.words[member!];
        return [member, word ?? (required ? 'required' : JSON.stringify(value))];
      });
      expect(said).toEqual(real);
    });

    it('has an example that is accepted', () => {
      const [, text] = new RegExp(`\`\`\`json ${name}\n([^]*?)\`\`\``).exec(page)!;
      expect(checkInput(name, target, JSON.parse(text!)).input).toMatchObject(JSON.parse(text!));
    });
  });

  it('has the members of the configuration in its table, and no others', () => {
    const [table] = section(page, '## Before you start').split('**Configuration**').slice(1);
    const told = rowsOf(table!).flatMap(([cell]) =>
      [...cell!.matchAll(/`([\w.]+)`/g)].map(([, n]) => n!),
    );
    const members = [...membersOf(runbook.schema).keys()].filter(
      (name) => !runbook.folded.test(name),
    );
    expect([...new Set(told)].sort()).toEqual(members.sort());
  });

  describe('refusals', () => {
    const told = rowsOf(refusalTable!).map(([, message]) => bare(message!));
    const [machine] = Object.values(runbook.letters);
    const refusalOf = (other: object, change: object) => {
      try {
        checkInput(machine!, other, { ...runbook.input, ...change });
        return [];
      } catch (error) {
        return (error as RefusedInputError).problems;
      }
    };

    const cases = runbook.wrong.map(
      ([start, change, other = target]) => [start, change, other] as const,
    );

    it.each(cases)('says with the words of the table: %s', (start, change, other) => {
      const [message] = told.filter((text) => text.startsWith(start));
      expect(refusalOf(other, change)).toEqual([message]);
    });

    it('are all tried here', () => {
      expect(told).toHaveLength(runbook.wrong.length);
    });
  });
});
