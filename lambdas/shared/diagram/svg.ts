// A layout as SVG: light or dark as the reader's system is, with a title and the order of the states for
// those who hear it.

import { type AslGraph, type Kind, titleOf } from './definition';
import { type Box, type Layout, layoutOf, type Point, type Route } from './layout';
import { escaped, linesOf, widthOf } from './text';
import { LEGEND, STYLE } from './theme';

export interface Picture {
  /** Name of the machine; what stands before it is the target's. */
  readonly machine: string;
  readonly target: string;
  readonly definition: AslGraph;
  /** State that is drawn as failed. */
  readonly failed?: string;
}

/** What a page puts into the picture besides; nothing by default. */
export interface Additions {
  /** Attributes of a state's group. */
  attributes(box: Box): string;
  /** Drawn above the state. */
  above(box: Box): string;
}

const MARGIN = 24;
const END = 7;

/** Draws a machine. The same definition gives the same bytes. */
export function svgOf({ machine, target, definition, failed }: Picture): string {
  const head = headOf(titleOf(machine, target), definition.Comment ?? '');
  const layout = layoutOf(definition, head.height + MARGIN + 30);
  const left = Math.max(layout.left, 150) + MARGIN;
  const width = Math.ceil(left + Math.max(layout.right, head.width - left + MARGIN) + MARGIN);
  const first = layout.boxes[0]!;
  const last = layout.boxes.findLast(({ x, width: w }) => x <= 0 && x + w >= 0)!;
  const bottom = last.y + last.height + 22;
  const height = Math.ceil(Math.max(bottom, first.y + layout.height) + END + MARGIN);
  const order = namesOf(layout).join('; ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-left} 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(`State machine ${titleOf(machine, target)}`)}</title>`,
    `<desc id="desc">${escaped(`${head.comment}. States from top to bottom: ${order}${failed ? `. Failed: ${failed}` : ''}`)}</desc>`,
    `<style>${STYLE}</style>`,
    TIP,
    `<rect class="page" x="${-left}" y="0" width="${width}" height="${height}"/>`,
    `<g transform="translate(${-left + MARGIN} 0)">${head.svg}</g>`,
    `<circle class="end" cx="0" cy="${first.y - 22 - END}" r="${END}"/>`,
    route([
      { x: 0, y: first.y - 22 },
      { x: 0, y: first.y },
    ]),
    drawn(layout, failed),
    route([
      { x: 0, y: last.y + last.height },
      { x: 0, y: bottom },
    ]),
    `<circle class="end" cx="0" cy="${bottom + END}" r="${END}"/>`,
    '</svg>',
    '',
  ].join('\n');
}

/** The tip of ways, which a picture defines once. */
export const TIP =
  '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>';

const namesOf = ({ boxes }: Layout): string[] =>
  boxes.flatMap(({ name, inside }) => [name, ...(inside ? namesOf(inside) : [])]);

/** Title, comment and the kinds of boxes. */
function headOf(title: string, comment: string) {
  const lines = linesOf(comment, 'comment', 520);
  const texts = [
    text(title, { x: 0, y: 40 }, 'title'),
    ...lines.map((line, i) => text(line, { x: 0, y: 62 + i * 18 }, 'comment')),
  ];
  const y = 72 + lines.length * 18;
  let x = 0;
  const legend = LEGEND.map(({ kind, name }) => {
    const at = x;
    x += widthOf(name, 'label') + 34;
    return `<rect class="box ${kind}" x="${at}" y="${y}" width="16" height="12" rx="${rounding(kind, 12)}"/>${text(name, { x: at + 22, y: y + 10 }, 'label')}`;
  });
  return {
    svg: [...texts, ...legend].join('\n'),
    height: y + 12,
    width: Math.max(x, 520),
    comment,
  };
}

/** Boxes and ways, without head and ends. */
export const drawn = ({ boxes, routes }: Layout, failed?: string, more?: Additions): string =>
  [...boxes.map((box) => boxSvg(box, failed, more)), ...routes.map(routeSvg)].join('\n');

function boxSvg(box: Box, failed?: string, more?: Additions): string {
  const { name, kind, x, y, width, height, lines, inside, comment } = box;
  const middle = inside ? 0 : x + width / 2;
  const first = inside ? y + 22 : y + height / 2 - ((lines.length - 1) * 17) / 2 + 4.5;
  const stopped = name === failed;
  return [
    `<g${more ? ` ${more.attributes(box)}` : ''}><title>${escaped(comment ? `${name}: ${comment}` : name)}</title>`,
    `<rect class="box ${kind}${stopped ? ' failed' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${rounding(kind, height)}"/>`,
    ...lines.map((line, i) => text(line, { x: middle, y: first + i * 17 }, `name ${kind}`)),
    ...(stopped ? [text('✗ FAILED', { x: x + width + 10, y: y + height / 2 + 5 }, 'stopped')] : []),
    inside ? drawn(inside, failed, more) : '',
    more?.above(box) ?? '',
    '</g>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Questions have round ends, ends are round, tasks have corners. */
const rounding = (kind: Kind, height: number): number =>
  ['choice', 'succeed', 'fail'].includes(kind) ? Math.min(height / 2, 17) : kind === 'map' ? 10 : 4;

function routeSvg({ points, label }: Route): string {
  const { x, y, lines } = label ?? { x: 0, y: 0, lines: [] };
  return [route(points), ...lines.map((line, i) => text(line, { x, y: y + i * 13 }, 'label'))].join(
    '\n',
  );
}

const route = (points: readonly Point[]): string =>
  `<path class="way" marker-end="url(#tip)" d="M${points.map(({ x, y }) => `${x} ${y}`).join(' L')}"/>`;

const text = (content: string, { x, y }: Point, style: string): string =>
  `<text class="${style}" x="${x}" y="${y}">${escaped(content)}</text>`;
