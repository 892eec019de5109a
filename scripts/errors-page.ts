// docs/errors.md: every reason a run can stop, listed from the classes, with the pages that tell what to do.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as errors from '../lambdas/shared/errors';
import { redriveHelps } from '../lambdas/shared/report/advice';

const ROOT = path.join(__dirname, '..');
const PAGES = 'docs/runbooks';

interface ErrorRow {
  readonly name: string;
  /** The class's own comment. */
  readonly meaning: string;
  readonly family: errors.ErrorFamily;
  /** Names of the pages whose table has a row of it. */
  readonly pages: readonly string[];
}

/** What stands above each class: its meaning, in the words of the code. */
function commentsOf(source: string): ReadonlyMap<string, string> {
  const found = source.matchAll(/\/\*\* ([^\n]*) \*\/\nexport class (\w+) extends RunbookError/g);
  return new Map([...found].map(([, comment, name]) => [name!, comment!]));
}

type ErrorClass = new (problems: readonly string[], example: unknown) => errors.RunbookError;

const isError = (value: unknown): value is ErrorClass =>
  typeof value === 'function' && value.prototype instanceof errors.RunbookError;

export function errorRows(): ErrorRow[] {
  const comments = commentsOf(readFileSync(path.join(ROOT, 'lambdas/shared/errors.ts'), 'utf8'));
  const pages = readdirSync(path.join(ROOT, PAGES)).sort();
  const texts = pages.map((file) => readFileSync(path.join(ROOT, PAGES, file), 'utf8'));
  const all: readonly unknown[] = Object.values(errors);
  return all
    .filter(isError)
    .map((Class) => {
      const { name, family } = new Class([], {});
      const told = pages.filter((_, i) => new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(texts[i]!));
      return { name, family, meaning: comments.get(name) ?? '', pages: told };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function then({ name, family }: ErrorRow): string {
  if (!redriveHelps({ error: name, redrivable: true })) return 'new execution';
  return family === 'try again' ? 'tried again by itself; then redrive' : 'redrive';
}

/** The page as it is checked in. */
export function errorsPage(): string {
  const rows = errorRows().map((row) => {
    const links = row.pages.map((file) => `[${file.slice(0, -3)}](runbooks/${file}#if-it-stops)`);
    return `| \`${row.name}\` | ${row.meaning} | ${then(row)} | ${links.join(', ')} |`;
  });
  return [
    '# Errors',
    '',
    'Every reason a run can stop, by the name that Step Functions and the notice show. The message beside it says what was met and what to do;',
    'the page of the runbook says more. Repair first, then do what stands under *Then*: what is done stays done.',
    '',
    'This page is written from the classes by `npm run docs`.',
    '',
    '| Error | Meaning | Then | What to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
