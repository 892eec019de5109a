// Where everything stands. Each state has a row of its own; ways to the next row go straight down, the
// others through lanes at the sides: loops on the left, detours on the right. So no way crosses a box.
//
//      ┌───────────┐
//   ┌─►│  a task   │
//   │  └─────┬─────┘
//   │  ┌─────▼─────┐ done
//   └──┤  ready?   ├──────┐
//      └─────┬─────┘      │

import { type AslGraph, type Kind, kindOf, type Way } from './definition';
import { orderOf } from './order';
import { linesOf, SIZES, widthOf } from './text';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A state: `x` and `y` are the left upper corner, counted from the middle of the picture's top. */
export interface Box extends Point {
  readonly name: string;
  readonly kind: Kind;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly comment: string;
  /** Children of a Map. */
  readonly inside?: Layout;
}

export interface Route {
  readonly way: Way;
  readonly points: readonly Point[];
  /** Lines of the label, the left lower corner of the first, and the width of the longest. */
  readonly label?: Point & { readonly lines: readonly string[]; readonly width: number };
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

const BOX = { width: 310, text: 290, line: 17, pad: 7, gap: 20 } as const;
const MAP = { pad: 18, head: 34 } as const;
const LABEL = { width: 190, line: 13, indent: 8 } as const;
const LANE = 13;
const SIDE_GAP = 78;

/** A row while it is filled: how far it reaches to both sides of the middle. */
interface Row {
  readonly box: Box;
  readonly side?: Box;
  left: number;
  right: number;
}

/** Lays out a machine, or the children of a Map; `top` is where it begins. */
export function layoutOf(graph: AslGraph, top = 0): Layout {
  const { names, down, up } = orderOf(graph);
  const ends = sideEnds(graph, down);
  const spine = names.filter((name) => !ends.has(name));
  const rowOf = new Map(spine.map((name, index) => [name, index]));
  const straight = (way: Way) => rowOf.get(way.to) === rowOf.get(way.from)! + 1;
  const detours = down.filter((way) => !straight(way) && !ends.has(way.to));
  const rows: Row[] = [];
  let y = top;
  for (const name of spine) {
    const exits = Math.max(
      ...[detours, up].map((list) => list.filter(({ from }) => from === name).length),
    );
    const box = boxOf(name, graph, y, exits);
    const end = down.find(({ from, to }) => from === name && ends.has(to));
    const label = end ? linesOf(end.label, 'label', LABEL.width) : [];
    const gapToEnd = Math.max(SIDE_GAP, ...label.map((line) => widthOf(line, 'label') + 24));
    const right = box.x + box.width;
    const side = end && sideBox(boxOf(end.to, graph, y, 0), right + gapToEnd, y + box.height / 2);
    rows.push({ box, side, left: -box.x, right: side ? side.x + side.width : right });
    const below = down.find((way) => way.from === name && straight(way))?.label ?? '';
    const lines = below === '' ? 0 : linesOf(below, 'label', LABEL.width).length;
    const height = Math.max(box.height, side ? side.height + side.y - y : 0);
    y += height + BOX.gap + Math.max(0, lines - 1) * LABEL.line;
  }
  const laid = { rows, rowOf };
  const routes = [
    ...down.filter(straight).map((way) => straightRoute(way, laid)),
    ...down.filter(({ to }) => ends.has(to)).map((way) => sideRoute(way, laid)),
    ...lanes(detours, laid, 1),
    ...lanes(up, laid, -1),
  ];
  return {
    boxes: rows.flatMap(({ box, side }) => (side ? [box, side] : [box])),
    routes,
    left: Math.max(...rows.map(({ left }) => left)),
    right: Math.max(...rows.map(({ right }) => right)),
    height: y - BOX.gap - top,
  };
}

/** States that end the machine and are asked for by one Choice only stand beside it. */
function sideEnds({ States }: AslGraph, down: readonly Way[]): Set<string> {
  const into = (name: string) => down.filter(({ to }) => to === name);
  const asked = (name: string) =>
    into(name).length === 1 && into(name).every(({ label }) => !['', 'otherwise'].includes(label));
  const last = Object.keys(States).filter((name) => /Succeed|Fail/.test(States[name]!.Type));
  const taken = new Set<string>();
  return new Set(
    last.filter((name) => {
      const from = asked(name) ? into(name)[0]!.from : undefined;
      if (from === undefined || taken.has(from)) return false;
      taken.add(from);
      return true;
    }),
  );
}

function boxOf(name: string, { States }: AslGraph, y: number, exits: number): Box {
  const state = States[name]!;
  const lines = linesOf(name, 'name', BOX.text);
  const common = { name, kind: kindOf(state), lines, comment: state.Comment ?? '', y };
  if (state.ItemProcessor === undefined) {
    const height = Math.max(lines.length, exits) * BOX.line + 2 * BOX.pad;
    return { ...common, x: -BOX.width / 2, width: BOX.width, height };
  }
  const head = MAP.head + (lines.length - 1) * BOX.line;
  const inside = layoutOf(state.ItemProcessor, y + head);
  const x = -Math.max(inside.left, BOX.width / 2) - MAP.pad;
  const right = Math.max(inside.right, BOX.width / 2) + MAP.pad;
  return { ...common, x, width: right - x, height: head + inside.height + MAP.pad, inside };
}

const sideBox = (box: Box, x: number, middle: number): Box => ({
  ...box,
  x,
  y: Math.max(box.y, middle - box.height / 2),
  width: Math.max(...box.lines.map((line) => widthOf(line, 'name'))) + BOX.width - BOX.text,
});

interface Laid {
  readonly rows: readonly Row[];
  readonly rowOf: ReadonlyMap<string, number>;
}

function straightRoute(way: Way, { rows, rowOf }: Laid): Route {
  const from = rows[rowOf.get(way.from)!]!.box;
  const to = rows[rowOf.get(way.to)!]!.box;
  const bottom = from.y + from.height;
  const points = [
    { x: 0, y: bottom },
    { x: 0, y: to.y },
  ];
  return { way, points, ...labelAt(way.label, LABEL.indent, bottom + SIZES.label + 2) };
}

function sideRoute(way: Way, { rows, rowOf }: Laid): Route {
  const { box, side } = rows[rowOf.get(way.from)!]!;
  const y = side!.y + side!.height / 2;
  const x = box.x + box.width;
  return {
    way,
    points: [
      { x, y },
      { x: side!.x, y },
    ],
    ...labelAt(way.label, x + LABEL.indent, y - 4),
  };
}

/** Routes through lanes beside the rows they pass: short ones inside, long ones around them. */
function lanes(ways: readonly Way[], { rows, rowOf }: Laid, side: 1 | -1): Route[] {
  const key = side === 1 ? 'right' : 'left';
  const exits = new Map<string, number>();
  const span = (way: Way) => {
    const ends = [rowOf.get(way.from)!, rowOf.get(way.to)!];
    return rows.slice(Math.min(...ends), Math.max(...ends) + 1);
  };
  const placed = [...ways]
    .sort((a, b) => span(a).length - span(b).length)
    .map((way) => ({ way, ...exitOf(way, rows[rowOf.get(way.from)!]!, exits, side) }));
  for (const { way, reach } of placed) {
    const row = rows[rowOf.get(way.from)!]!;
    row[key] = Math.max(row[key], reach);
  }
  return placed.map(({ way, exit, label }) => {
    const passed = span(way);
    const lane = Math.max(...passed.map((row) => row[key])) + LANE;
    for (const row of passed) row[key] = lane;
    const to = rows[rowOf.get(way.to)!]!.box;
    const x = side * lane;
    const enter = { x: side === 1 ? to.x + to.width : to.x, y: to.y + 10 };
    return { way, points: [exit, { x, y: exit.y }, { x, y: enter.y }, enter], ...label };
  });
}

/** Where a way leaves its box at the side: the first lowest, each other a line above. */
function exitOf(way: Way, { box }: Row, exits: Map<string, number>, side: 1 | -1) {
  const nth = exits.get(way.from) ?? 0;
  exits.set(way.from, nth + 1);
  const exit = {
    x: side === 1 ? box.x + box.width : box.x,
    y: box.y + box.height - 9 - nth * BOX.line,
  };
  const width = widthOf(way.label, 'label');
  const at = side === 1 ? exit.x + LABEL.indent : exit.x - LABEL.indent - width;
  const label =
    way.label === '' ? {} : { label: { x: at, y: exit.y - 3, lines: [way.label], width } };
  return { exit, label, reach: side * exit.x + (way.label === '' ? 0 : width + 12) };
}

function labelAt(text: string, x: number, y: number): Pick<Route, 'label'> {
  if (text === '') return {};
  const lines = linesOf(text, 'label', LABEL.width);
  return { label: { x, y, lines, width: Math.max(...lines.map((l) => widthOf(l, 'label'))) } };
}
