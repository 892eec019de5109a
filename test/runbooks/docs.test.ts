// What the page of a runbook says is so: its states, gates and errors are those of the machines and classes.

import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as errors from '../../lambdas/shared/errors';
import { redriveHelps } from '../../lambdas/shared/report/advice';
import * as lib from '../../lib';
import type { AslGraph } from '../../scripts/diagrams/definition';
import { orderOf } from '../../scripts/diagrams/order';
import {
  clickstreamTemplate,
  type Definition,
  definitionsOf,
  exampleTarget,
  statesOf,
} from '../support/definitions';
import { bare, ROOT, read, rowsOf, section } from '../support/pages';

const page = read('docs/runbooks/clickstream.md');
const { clickstream } = exampleTarget();
const template = clickstreamTemplate();
const byHand = clickstreamTemplate({
  clickstream: {
    ...clickstream,
    console: { stackName: 'console', serviceRoleArn: clickstream.console.serviceRoleArn },
  },
});
const definitions = definitionsOf(template);
const states = [template, byHand].flatMap((one) =>
  Object.values(definitionsOf(one)).flatMap(statesOf),
);
/** Machines that an operator meets. */
const shown = Object.keys(definitions)
  .map((name) => name.replace('example-', ''))
  .filter((name) => !name.endsWith('quiet-watch'));
const names = states.map(([name]) => name);

it('the page has the headings of every page, in their order', () => {
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
    'Before you start',
    'Start',
    'Watch',
    'If it stops',
    'Undo',
    'Clean up',
    'Cost',
  ]);
});

it('every machine is in the first table with its diagram, and tells the page in its output', () => {
  const told = rowsOf(page.split('## Before')[0]!).map(([name]) => bare(name!));
  expect(told.sort()).toEqual(shown.sort());
  for (const name of shown)
    expect(existsSync(path.join(ROOT, `docs/diagrams/${name}.svg`))).toBe(true);
  const outputs = Object.values(template.findOutputs('*'))
    .filter(({ Description }) => Description?.startsWith('How to run'))
    .map(({ Value }) => Value);
  expect(outputs).toEqual(Array(6).fill('docs/runbooks/clickstream.md'));
});

/** Names from the first state to the last, those in Maps at their place. */
function statesInOrder(graph: Pick<Definition, 'StartAt' | 'States'>): string[] {
  return orderOf(graph as unknown as AslGraph).names.flatMap((name) => {
    const inside = graph.States[name]!.ItemProcessor as unknown as Definition | undefined;
    return [name, ...(inside ? statesInOrder(inside) : [])];
  });
}

describe('states', () => {
  const watched = rowsOf(section(page, '## Watch')).map(([name]) => name!);

  it('that are named under Watch exist', () => {
    expect(watched.length).toBeGreaterThan(25);
    expect(watched.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('stand in the order of the whole upgrade', () => {
    const upgrade = statesInOrder(definitions['example-clickstream-upgrade']!);
    const rows = watched.map((name) => upgrade.indexOf(name)).filter((row) => row >= 0);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  it('that work are named, except those that only keep the books', () => {
    const books =
      /^(Check the input|Mark |Settle |Close the run|Look whether|Give the answer|Release the run|Compare |Execute |Ask )/;
    const working = states.filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
    const silent = [...new Set(working)].filter(
      (name) => !books.test(name) && !page.includes(name),
    );
    expect(silent).toEqual([]);
  });
});

it('the gates are those of the machines', () => {
  const gates = states.flatMap(([, { Resource, Arguments }]) =>
    Resource?.endsWith('.waitForTaskToken') ? [String(Arguments!.Payload.gate)] : [],
  );
  const told = rowsOf(section(page, '### Gates')).map(([name]) => bare(name!));
  expect(told.sort()).toEqual([...new Set(gates)].sort());
});

describe('errors', () => {
  const classes = Object.values(errors)
    .filter(
      (value) => typeof value === 'function' && value.prototype instanceof errors.RunbookError,
    )
    .map((value) => new (value as new (...args: unknown[]) => errors.RunbookError)([], {}).name);
  const rows = rowsOf(section(page, '## If it stops'));

  it('are all in the table, and no others', () => {
    const told = rows.flatMap(([message]) =>
      [...message!.matchAll(/`(\w+Error)`/g)].map(([, n]) => n!),
    );
    expect([...new Set(told)].sort()).toEqual([...classes].sort());
  });

  it('that a redrive meets again are not said to be redriven', () => {
    const wrong = rows.filter(([message, , , then]) => {
      const [, name] = /`(\w+Error)`/.exec(message!) ?? [];
      const hopeless = name && !redriveHelps({ error: name, redrivable: true });
      return hopeless && /^redrive/.test(then!);
    });
    expect(wrong.map(([message]) => message)).toEqual([]);
  });
});

it('links lead to files that exist', () => {
  const files = [
    'README.md',
    'docs/runbooks/clickstream.md',
    'docs/rehearsal.md',
    'docs/scope.md',
    'docs/verification.md',
  ];
  const broken = files.flatMap((file) =>
    [
      ...read(file).matchAll(/\]\((?!https?:)([^)#]+)/g),
      ...read(file).matchAll(/src="(?!https?:)([^"]+)"/g),
    ]
      .map(([, target]) => path.join(path.dirname(file), target!))
      .filter((target) => !existsSync(path.join(ROOT, target))),
  );
  expect(broken).toEqual([]);
});

describe('the README', () => {
  const readme = read('README.md');
  const [machines, steps] = section(readme, '## Runbooks').split('They are made of steps');

  it('shows a machine with a state that failed', () => {
    expect(readme).toContain('docs/diagrams/failed.svg');
    expect(read('docs/diagrams/failed.svg')).toContain('✗ FAILED');
  });

  it('names the machines and the steps there are', () => {
    const first = (text: string) => rowsOf(text).map(([cell]) => cell!);
    const told = first(machines!).map((cell) => /`([\w-]+)`/.exec(cell)![1]!);
    expect(told.sort()).toEqual(shown.sort());
    const exported = first(steps!).flatMap((cell) => bare(cell).split(', '));
    expect(exported.filter((name) => !(name in lib))).toEqual([]);
  });
});
