// What the page says of inputs and configuration is what their schemas do: members, defaults, refusals.

import { z } from 'zod';
import type { RefusedInputError } from '../../lambdas/shared/errors';
import { checkInput, INPUTS, type InputName } from '../../lambdas/shared/inputs';
import { clickstreamTargetSchema } from '../../lambdas/shared/inputs/target';
import { exampleTarget } from '../support/definitions';
import { bare, read, rowsOf, section } from '../support/pages';

const page = read('docs/runbooks/clickstream.md');
const { clickstream } = exampleTarget();
/** The table of members, and that of refusals. */
const [memberTable, refusalTable] = section(page, '### Members of the input').split(
  'The first state refuses',
);

/** Members of an object's schema by path, as callers may give them. */
function membersOf(schema: z.ZodType): Map<string, { required: boolean; default?: unknown }> {
  interface Node {
    readonly properties?: Record<string, Node>;
    readonly anyOf?: readonly Node[];
    readonly oneOf?: readonly Node[];
    readonly required?: readonly string[];
    readonly default?: unknown;
  }
  const found = new Map<string, { required: boolean; default?: unknown }>();
  const walk = (node: Node, at: string) => {
    for (const one of node.oneOf ?? []) walk(one, at);
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

const LETTERS: Readonly<Record<string, InputName>> = {
  U: 'clickstream-upgrade',
  C: 'clickstream-console-update',
  P: 'clickstream-pipeline-upgrade',
  I: 'clickstream-ingestion-refresh',
  D: 'clickstream-data-migration',
  L: 'clickstream-legacy-cleanup',
};

describe.each(Object.entries(LETTERS))('input %s, %s', (letter, name) => {
  const rows = rowsOf(memberTable!).filter(([, machines]) => machines!.split(' ').includes(letter));
  const members = membersOf((INPUTS[name].schema as (target: unknown) => z.ZodType)(clickstream));

  it('has its members in the table, and no others', () => {
    const told = rows.map(([member]) => bare(member!));
    expect(told.sort()).toEqual(leaves(members).sort());
  });

  it('has the defaults that the table says', () => {
    const said = rows.map(([member, , value]) => [bare(member!), bare(value!)]);
    const words: Record<string, string> = {
      projectId: "the target's",
      'migration.batchDays': '5, or days if fewer',
      continueRun: 'none',
    };
    const real = said.map(([member]) => {
      const { required, default: value } = members.get(member!)!;
      return [member, words[member!] ?? (required ? 'required' : JSON.stringify(value))];
    });
    expect(said).toEqual(real);
  });

  it('has an example that is accepted', () => {
    const [, text] = new RegExp(`\`\`\`json ${name}\n([^]*?)\`\`\``).exec(page)!;
    expect(checkInput(name, clickstream, JSON.parse(text!)).input).toMatchObject(JSON.parse(text!));
  });
});

it('the configuration has its members in the table, and no others', () => {
  const [table] = section(page, '## Before you start').split('**Configuration**').slice(1);
  const told = rowsOf(table!).flatMap(([cell]) =>
    [...cell!.matchAll(/`([\w.]+)`/g)].map(([, n]) => n!),
  );
  const members = [...membersOf(clickstreamTargetSchema).keys()].filter(
    (name) => !/^(console|pipeline|warehouse)$|\.vpc\./.test(name),
  );
  expect([...new Set(told)].sort()).toEqual(members.sort());
});

describe('refusals', () => {
  const U = { appIds: ['shop'], targetVersion: '1.1.15', migration: { days: 30 } };
  const wrong: [string, object][] = [
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
    ['gates', { cleanup: { dropLegacy: true }, gates: ['change-set'] }],
    ['continueRun: must', { continueRun: 'run-1' }],
    ['continueRun: a dry run', { dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' }],
  ];
  const cluster = { ...clickstream, warehouse: { ...clickstream.warehouse, type: 'provisioned' } };
  const cases: [string, object, object][] = [
    ...wrong.map(([start, change]): [string, object, object] => [
      start,
      clickstream,
      { ...U, ...change },
    ]),
    ['migration.capacityRpus: a prov', cluster, { ...U, migration: { days: 3, capacityRpus: 64 } }],
  ];
  const told = rowsOf(refusalTable!).map(([, message]) => bare(message!));
  const refusalOf = (target: object, input: object) => {
    try {
      checkInput('clickstream-upgrade', target, input);
      return [];
    } catch (error) {
      return (error as RefusedInputError).problems;
    }
  };

  it.each(cases)('refuses with the words of the table: %s', (start, target, input) => {
    const [message] = told.filter((text) => text.startsWith(start));
    expect(refusalOf(target, input)).toEqual([message]);
  });

  it('are all tried here', () => {
    expect(told).toHaveLength(cases.length);
  });
});
