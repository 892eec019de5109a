// Colours of a diagram. The page has a ground of its own: where the reader's page is dark and the
// system light, or the other way round, it is readable all the same.

import type { Kind } from './definition';
import { SIZES } from './text';

export const LEGEND: readonly { readonly kind: Kind; readonly name: string }[] = [
  { kind: 'task', name: 'works' },
  { kind: 'gate', name: 'asks a person' },
  { kind: 'choice', name: 'decides' },
  { kind: 'pass', name: 'is reached' },
  { kind: 'map', name: 'for each …' },
  { kind: 'succeed', name: 'ends' },
];

interface Colours {
  readonly page: string;
  readonly text: string;
  readonly quiet: string;
  readonly failed: string;
  /** Ground and edge. */
  readonly kinds: Readonly<Record<Kind, readonly [string, string]>>;
}

const LIGHT: Colours = {
  page: '#ffffff',
  text: '#16191f',
  quiet: '#545b64',
  failed: '#c4160a',
  kinds: {
    task: ['#e3effb', '#1467b3'],
    gate: ['#f3e6fb', '#7d33b8'],
    choice: ['#fdf3d8', '#a36a00'],
    pass: ['#f2f3f3', '#879596'],
    wait: ['#f2f3f3', '#545b64'],
    map: ['#f8fafb', '#1467b3'],
    succeed: ['#e4f4e4', '#1d7a2c'],
    fail: ['#fbe4e2', '#c4160a'],
  },
};

const DARK: Colours = {
  page: '#12181f',
  text: '#eceff2',
  quiet: '#a9b4be',
  failed: '#ff7a6e',
  kinds: {
    task: ['#15314d', '#64aef5'],
    gate: ['#382049', '#c893f0'],
    choice: ['#40320f', '#e2b04a'],
    pass: ['#232b33', '#7c8993'],
    wait: ['#232b33', '#a9b4be'],
    map: ['#171f28', '#64aef5'],
    succeed: ['#15351d', '#5fca75'],
    fail: ['#451a17', '#ff7a6e'],
  },
};

const coloured = ({ page, text, quiet, failed, kinds }: Colours): string =>
  [
    `.page{fill:${page}}`,
    `text{fill:${text}}`,
    `.label,.comment{fill:${quiet}}`,
    `.way{stroke:${quiet}}`,
    `.tip,.end{fill:${quiet}}`,
    ...Object.entries(kinds).map(([k, [ground, edge]]) => `.${k}{fill:${ground};stroke:${edge}}`),
    `text.name{fill:${text};stroke:none}`,
    `.failed{stroke:${failed}}`,
    `.stopped{fill:${failed}}`,
  ].join('');

export const STYLE = [
  "text{font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}",
  `.name{font-size:${SIZES.name}px;text-anchor:middle}.name.map{font-weight:600}`,
  `.title{font-size:${SIZES.title}px;font-weight:600}.comment{font-size:${SIZES.comment}px}`,
  `.label{font-size:${SIZES.label}px}.stopped{font-size:${SIZES.name}px;font-weight:700}`,
  '.box{stroke-width:1.2}.map{stroke-dasharray:6 3}.failed{stroke-width:3.5}.way{fill:none;stroke-width:1.2}',
  coloured(LIGHT),
  `@media (prefers-color-scheme:dark){${coloured(DARK)}}`,
].join('');
