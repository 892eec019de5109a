// What the page of a runbook says is so: its states, gates and errors are those of the machines and classes.

import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import type { AslGraph } from '../../lambdas/shared/diagram/definition';
import { orderOf } from '../../lambdas/shared/diagram/order';
import * as errors from '../../lambdas/shared/errors';
import { redriveHelps } from '../../lambdas/shared/report/advice';
import * as lib from '../../lib';
import {
  aspectsTemplate,
  clickstreamTemplate,
  type Definition,
  definitionsOf,
  exampleTarget,
  statesOf,
  templates,
} from '../support/definitions';
import { bare, ROOT, read, rowsOf, section } from '../support/pages';

const { clickstream } = exampleTarget();
const byHand = clickstreamTemplate({
  clickstream: {
    ...clickstream,
    console: { stackName: 'console', serviceRoleArn: clickstream.console.serviceRoleArn },
  },
});
const {
  clickstream: upgrade,
  rdw: backfill,
  'student-module-history': migration,
  aspects,
} = templates();
const onKubernetes = aspectsTemplate({ aspects: { ...exampleTarget().aspects, mode: 'k8s' } });

interface Page {
  readonly page: string;
  readonly template: Template;
  /** Others whose states the page tells. */
  readonly more: readonly Template[];
  /** Machine whose order the table of states has. */
  readonly whole: string;
  readonly machines: number;
  readonly watched: number;
}

const PAGES: readonly (readonly [string, Page])[] = [
  [
    'clickstream',
    {
      page: read('docs/runbooks/clickstream.md'),
      template: upgrade,
      more: [byHand],
      whole: 'example-clickstream-upgrade',
      machines: 6,
      watched: 25,
    },
  ],
  [
    'rdw',
    {
      page: read('docs/runbooks/rdw.md'),
      template: backfill,
      more: [],
      whole: 'example-rdw-backfill',
      machines: 2,
      watched: 20,
    },
  ],
  [
    'student-module-history',
    {
      page: read('docs/runbooks/student-module-history.md'),
      template: migration,
      more: [],
      whole: 'example-student-module-history-migration',
      machines: 2,
      watched: 12,
    },
  ],
  [
    'aspects',
    {
      page: read('docs/runbooks/aspects.md'),
      template: aspects,
      more: [onKubernetes],
      whole: 'example-aspects-upgrade',
      machines: 2,
      watched: 25,
    },
  ],
];

/** Machines that an operator meets. */
const shownOf = (template: Template): string[] =>
  Object.keys(definitionsOf(template))
    .map((name) => name.replace('example-', ''))
    .filter((name) => !name.endsWith('quiet-watch'));

const classes = Object.values(errors)
  .filter((value) => typeof value === 'function' && value.prototype instanceof errors.RunbookError)
  .map((value) => new (value as new (...args: unknown[]) => errors.RunbookError)([], {}).name);

const errorRows = (page: string) => rowsOf(section(page, '## If it stops'));
const errorsTold = (page: string): string[] =>
  errorRows(page).flatMap(([message]) =>
    [...message!.matchAll(/`(\w+Error)`/g)].map(([, name]) => name!),
  );

/** Names from the first state to the last, those in Maps at their place. */
function statesInOrder(graph: Pick<Definition, 'StartAt' | 'States'>): string[] {
  return orderOf(graph as unknown as AslGraph).names.flatMap((name) => {
    const inside = graph.States[name]!.ItemProcessor as unknown as Definition | undefined;
    return [name, ...(inside ? statesInOrder(inside) : [])];
  });
}

describe.each(PAGES)('the page of %s', (runbook, { page, template, more, whole, ...counts }) => {
  const definitions = definitionsOf(template);
  const states = [template, ...more].flatMap((one) =>
    Object.values(definitionsOf(one)).flatMap(statesOf),
  );
  const names = states.map(([name]) => name);
  const watched = rowsOf(section(page, '## Watch')).map(([name]) => name!);

  it('has the headings of every page, in their order', () => {
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

  it('has every machine in the first table with its diagram, and every machine tells the page', () => {
    const shown = shownOf(template);
    const told = rowsOf(page.split('## Before')[0]!).map(([name]) => bare(name!));
    expect(told.sort()).toEqual(shown.sort());
    for (const name of shown)
      expect(existsSync(path.join(ROOT, `docs/diagrams/${name}.svg`))).toBe(true);
    const outputs = Object.values(template.findOutputs('*'))
      .filter(({ Description }) => Description?.startsWith('How to run'))
      .map(({ Value }) => Value);
    expect(outputs).toEqual(Array(counts.machines).fill(`docs/runbooks/${runbook}.md`));
  });

  it('names under Watch states that exist', () => {
    expect(watched.length).toBeGreaterThan(counts.watched);
    expect(watched.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('names them in the order of the whole', () => {
    const order = statesInOrder(definitions[whole]!);
    const rows = watched.map((name) => order.indexOf(name)).filter((row) => row >= 0);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  it('names every state that works, except those that only keep the books', () => {
    const books =
      /^(Check the input|Mark |Settle |Close the run|Look whether|Give the answer|Release the run|Compare the |Execute |Ask )/;
    const working = states.filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
    const silent = [...new Set(working)].filter(
      (name) => !books.test(name) && !page.includes(name),
    );
    expect(silent).toEqual([]);
  });

  it('has the gates of the machines', () => {
    const gates = states.flatMap(([, { Resource, Arguments }]) =>
      Resource?.endsWith('.waitForTaskToken') ? [String(Arguments!.Payload.gate)] : [],
    );
    const told = rowsOf(section(page, '### Gates')).map(([name]) => bare(name!));
    expect(told.sort()).toEqual([...new Set(gates)].sort());
  });

  it('names errors that are classes', () => {
    expect(errorsTold(page).filter((name) => !classes.includes(name))).toEqual([]);
  });

  it('does not say to redrive what a redrive meets again', () => {
    const wrong = errorRows(page).filter(([message, , , then]) => {
      const [, name] = /`(\w+Error)`/.exec(message!) ?? [];
      const hopeless = name && !redriveHelps({ error: name, redrivable: true });
      return hopeless && /^redrive/.test(then!);
    });
    expect(wrong.map(([message]) => message)).toEqual([]);
  });
});

it('every error class has its row on a page', () => {
  const told = PAGES.flatMap(([, { page }]) => errorsTold(page));
  expect([...new Set(told)].sort()).toEqual([...classes].sort());
});

it('links lead to files that exist', () => {
  const files = [
    'README.md',
    'docs/runbooks/clickstream.md',
    'docs/runbooks/rdw.md',
    'docs/runbooks/student-module-history.md',
    'docs/runbooks/aspects.md',
    'docs/errors.md',
    'docs/operators.md',
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
    const shown = PAGES.flatMap(([, { template }]) => shownOf(template));
    expect(told.sort()).toEqual(shown.sort());
    const exported = first(steps!).flatMap((cell) => bare(cell).split(', '));
    expect(exported.filter((name) => !(name in lib))).toEqual([]);
  });
});
