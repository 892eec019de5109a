// Pages as tests read them: sections by heading, tables by row.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

/** Text of a file of the repository. */
export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** A section up to the next heading of its level or above; the heading is given with its signs. */
export function section(page: string, heading: string): string {
  const [level] = /^#+/.exec(heading)!;
  const parts = page.split(new RegExp(`^(?=#{2,${level.length}} )`, 'm'));
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`the page has no ${heading}`);
  return found;
}

/** Rows of the tables in a text, without their heads, as cells. */
export const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| (.*) \|$(?!\n\|---)/gm)].map(([, row]) => row!.split(' | '));

/** A cell without its code marks. */
export const bare = (cell: string): string => cell.replaceAll('`', '');
