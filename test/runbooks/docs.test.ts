// State names and error classes in the pages are those of the machines.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as errors from '../../lambdas/shared/errors';
import { clickstreamTemplate, definitionsOf, statesOf } from '../support/definitions';

const ROOT = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const definitions = definitionsOf(clickstreamTemplate());
const names = Object.values(definitions).flatMap((d) => statesOf(d).map(([name]) => name));
const HEADINGS = ['Before you start', 'Start', 'Watch', 'If it stops', 'Undo', 'Clean up', 'Cost'];

describe.each(['clickstream-data-migration', 'clickstream-console-update'])(
  'docs/%s.md',
  (page) => {
    const text = read(`docs/${page}.md`);

    it('has the headings of every page, in their order', () => {
      expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
    });

    it('names states that exist', () => {
      const watch = text.slice(text.indexOf('## Watch'), text.indexOf('## If it stops'));
      const rows = [...watch.matchAll(/^\| (?!State|---)(.*?) \|/gm)].map(([, name]) => name!);
      const listed = rows.flatMap((row) =>
        row.includes(' / ')
          ? ['Run user migration', 'Run item migration', 'Run session migration']
          : [row],
      );
      expect(listed.length).toBeGreaterThan(3);
      expect(listed.filter((name) => !names.includes(name))).toEqual([]);
    });

    it('names errors that exist', () => {
      const used = [...text.matchAll(/`([A-Z]\w+Error)`/g)].map(([, name]) => name!);
      expect(used.length).toBeGreaterThan(5);
      expect(used.filter((name) => !(name in errors))).toEqual([]);
    });
  },
);

it('the README draws states that exist', () => {
  const picture = read('README.md').split('```')[1]!;
  const drawn = [
    ...picture.matchAll(
      /(?:├─|└─|─►|◄─►|^ {2})\s*([A-Z][a-z][\w ]*?\??)(?= {2,}|\s*(?:─►|◄─►|$))/gm,
    ),
  ].map(([, name]) => name!.trim());
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.filter((name) => !names.includes(name))).toEqual([]);
});
