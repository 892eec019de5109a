// The machine as the page draws it: the picture of the docs, with room for what each state is doing.

import type { AslGraph } from '../../../lambdas/shared/diagram/definition';
import { layoutOf } from '../../../lambdas/shared/diagram/layout';
import { type Additions, drawn, TIP } from '../../../lambdas/shared/diagram/svg';
import { escaped } from '../../../lambdas/shared/diagram/text';

const MARGIN = 26;

/**
 * An SVG without style: the page has it. Each state is a group with `data-state`; within it `.badge` takes a sign,
 * `.times` a few words.
 */
export function machineSvg(definition: AslGraph): string {
  const { boxes, routes, left, right, height } = layoutOf(definition, MARGIN);
  const width = Math.ceil(left + right + 2 * MARGIN);
  const bottom = Math.ceil(height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-left - MARGIN} 0 ${width} ${bottom}" width="${width}" height="${bottom}" role="img" aria-label="The machine; the table of states says the same in words" focusable="false">`,
    TIP,
    drawn({ boxes, routes, left, right, height }, undefined, ROOM),
    '</svg>',
  ].join('\n');
}

const ROOM: Additions = {
  attributes: ({ name }) => `class="state" data-state="${escaped(name)}"`,
  above: ({ x, y }) =>
    `<g class="badge"><circle cx="${x + 14}" cy="${y}" r="10"/><text x="${x + 14}" y="${y + 4.5}"></text></g>` +
    `<text class="times" x="${x + 28}" y="${y - 4}"></text>`,
};
