// Script and style of the page, as files beside this one: one script, without a bundler or a framework.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STYLE } from '../../../lambdas/shared/diagram/theme';

/** Modules in the order in which they use each other. */
const MODULES = [
  ...['format', 'dom', 'axis', 'bins', 'paint', 'timeline', 'batches', 'states'],
  ...['tables', 'gates', 'redrive', 'main'],
];

const read = (file: string): string => readFileSync(join(__dirname, 'page', file), 'utf8');

/** The modules as one: each name is unique among them, so that imports and exports may go. */
export const pageScript = (): string =>
  MODULES.map((name) =>
    read(`${name}.js`)
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export /gm, ''),
  ).join('\n');

/** The picture's own style holds within the picture only; how states look there comes after it. */
export const pageStyle = (): string =>
  [
    ...['page.css', 'parts.css', 'forms.css'].map(read),
    `#machine{${STYLE}}`,
    read('states.css'),
  ].join('\n');

/** As a content security policy names an inline script or style. */
export const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
