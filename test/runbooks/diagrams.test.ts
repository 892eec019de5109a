// The diagrams in docs/diagrams are those of the machines as they are now, and can be read.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type AslGraph, labelOf, type Way, waysOf } from '../../lambdas/shared/diagram/definition';
import { type Box, type Layout, layoutOf, type Point } from '../../lambdas/shared/diagram/layout';
import { svgOf } from '../../lambdas/shared/diagram/svg';
import { widthOf } from '../../lambdas/shared/diagram/text';
import { diagrams } from '../../scripts/diagrams';
import { allDefinitions } from '../support/definitions';

const FOLDER = path.join(__dirname, '../../docs/diagrams');
const drawn = diagrams();
const machines = Object.entries(allDefinitions() as unknown as Record<string, AslGraph>);

it('every machine has its diagram, as `npm run docs` draws it', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(drawn).sort());
  const stale = Object.entries(drawn).filter(
    ([file, svg]) => readFileSync(path.join(FOLDER, file), 'utf8') !== svg,
  );
  expect(stale.map(([file]) => file)).toEqual([]);
  expect(Object.keys(drawn)).toHaveLength(machines.length + 1);
});

it('nothing in them depends on the account or on a deployment', () => {
  const all = Object.values(drawn).join('');
  expect(all).not.toMatch(/Token|arn:|\d{12}|[0-9A-F]{8}|example-/);
});

/** A layout and those inside its Maps. */
const levels = (layout: Layout): Layout[] => [
  layout,
  ...layout.boxes.flatMap(({ inside }) => (inside ? levels(inside) : [])),
];

const touch = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** True where the line between two points has a piece inside a box. */
const crosses = (from: Point, to: Point, { x, y, width, height }: Box) =>
  Math.max(from.x, to.x) > x &&
  Math.min(from.x, to.x) < x + width &&
  Math.max(from.y, to.y) > y &&
  Math.min(from.y, to.y) < y + height;

describe.each(machines)('%s', (_name, definition) => {
  const all = levels(layoutOf(definition));

  it('has every state and every way in its picture', () => {
    const graphs = (graph: AslGraph): AslGraph[] => [
      graph,
      ...Object.values(graph.States).flatMap(({ ItemProcessor }) =>
        ItemProcessor ? graphs(ItemProcessor) : [],
      ),
    ];
    const states = graphs(definition).flatMap(({ States }) => Object.entries(States));
    const ways = states.flatMap(([name, state]) => waysOf(name, state));
    const key = ({ from, to, label }: Way) => `${from} -> ${to}: ${label}`;
    expect(all.flatMap(({ boxes }) => boxes.map(({ name }) => name)).sort()).toEqual(
      states.map(([name]) => name).sort(),
    );
    expect(all.flatMap(({ routes }) => routes.map(({ way }) => key(way))).sort()).toEqual(
      ways.map(key).sort(),
    );
  });

  it('has no box on another, and each name inside its box', () => {
    const over = all.flatMap(({ boxes }) =>
      boxes.flatMap((a, i) =>
        boxes.slice(i + 1).flatMap((b) => (touch(a, b) ? [[a.name, b.name]] : [])),
      ),
    );
    expect(over).toEqual([]);
    const wide = all
      .flatMap(({ boxes }) => boxes)
      .filter(({ lines, width }) => lines.some((line) => widthOf(line, 'name') > width - 8));
    expect(wide.map(({ name }) => name)).toEqual([]);
  });

  it('has no way through a box', () => {
    const through = all.flatMap(({ boxes, routes }) =>
      routes.flatMap(({ way, points }) =>
        points
          .slice(1)
          .flatMap((to, i) =>
            boxes
              .filter((box) => crosses(points[i]!, to, box))
              .map(({ name }) => `${way.from} -> ${way.to}: ${name}`),
          ),
      ),
    );
    expect(through).toEqual([]);
  });

  it('has no two ways in one lane', () => {
    const upright = all.map(({ routes }) =>
      routes.filter(({ points }) => points.length === 4).map(({ points: [, a, b] }) => [a!, b!]),
    );
    const same = upright.flatMap((lines) =>
      lines.flatMap(([a, b], i) =>
        lines
          .slice(i + 1)
          .filter(
            ([c, d]) =>
              a!.x === c!.x &&
              Math.max(a!.y, b!.y) > Math.min(c!.y, d!.y) &&
              Math.max(c!.y, d!.y) > Math.min(a!.y, b!.y),
          ),
      ),
    );
    expect(same).toEqual([]);
  });
});

describe('a picture', () => {
  const definition: AslGraph = {
    Comment: 'Tries <until> it is "done"',
    StartAt: 'Try',
    States: {
      Try: { Type: 'Task', Next: 'Done?', Comment: 'Tries' },
      'Done?': {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.it.status = 'running' %}", Next: 'Try' },
          { Condition: '{% $states.input.input.dryRun %}', Next: 'Told' },
          { Condition: "{% $states.input.it.status = 'late' %}", Next: 'End' },
        ],
        Default: 'Ask',
      },
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Next: 'End',
      },
      Told: { Type: 'Succeed' },
      End: { Type: 'Pass', End: true },
    },
  };
  const picture = { machine: 'prod-one', target: 'prod', definition };
  const layout = layoutOf(definition);
  const routeTo = (to: string, label: string) =>
    layout.routes.find(({ way }) => way.to === to && way.label === label)!;

  it('leads loops back on the left, and detours past on the right', () => {
    expect(routeTo('Try', 'running').points.every(({ x }) => x < 0)).toBe(true);
    expect(routeTo('End', 'late').points.every(({ x }) => x > 0)).toBe(true);
    expect(routeTo('Ask', 'otherwise').points.every(({ x }) => x === 0)).toBe(true);
  });

  it('puts an end that one choice leads to beside that choice', () => {
    const [choice, told] = ['Done?', 'Told'].map(
      (n) => layout.boxes.find(({ name }) => name === n)!,
    );
    expect(told!.x).toBeGreaterThan(choice!.x + choice!.width);
    expect(routeTo('Told', 'dryRun').points).toHaveLength(2);
  });

  it('marks the state that failed, and no other', () => {
    const svg = svgOf({ ...picture, failed: 'Ask' });
    expect(svg.match(/✗ FAILED/g)).toHaveLength(1);
    expect(svg).toMatch(/<title>Ask<\/title>\n<rect class="box gate failed"/);
    expect(svgOf(picture)).not.toContain('FAILED');
  });

  it('has a title, a description in the order of the states, and colours for dark and light', () => {
    const svg = svgOf(picture);
    expect(svg).toContain('<title id="title">State machine one</title>');
    expect(svg).toContain('Tries &#60;until&#62; it is &#34;done&#34;');
    expect(svg).toMatch(/top to bottom: Try; Done\?; Told; Ask; End</);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('is refused for a state of an unknown type, or one that nothing leads to', () => {
    const with_ = (States: AslGraph['States']) => () =>
      svgOf({ ...picture, definition: { StartAt: 'A', States } });
    expect(with_({ A: { Type: 'Parallel' } })).toThrow(
      'no box is known for a state of type Parallel',
    );
    expect(with_({ A: { Type: 'Pass', End: true }, B: { Type: 'Pass' } })).toThrow(
      'no way leads to B',
    );
    expect(with_({ A: { Type: 'Pass', Next: 'C' } })).toThrow('a way leads to "C"');
  });

  it.each([
    ["{% $states.input.schema.status = 'running' %}", 'running'],
    [
      "{% $type($states.input.input.migration.capacityRpus) = 'number' %}",
      'migration.capacityRpus is given',
    ],
    ["{% $type($states.input.pipeline.ingestion) = 'object' %}", 'pipeline.ingestion is there'],
    ['{% $count($states.input.schemas.todo) > 0 %}', 'any schemas.todo'],
    ['{% $exists($states.input.update.approval.stale) %}', 'stale'],
    [
      "{% ( 'change-set' in $states.input.input.gates ) or true %}",
      "('change-set' in gates) or true",
    ],
    ['{% true %}', 'always'],
  ])('labels %s: %s', (condition, label) => {
    expect(labelOf(condition)).toBe(label);
  });
});
