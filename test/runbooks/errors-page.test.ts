// docs/errors.md is what the classes say: npm run docs writes it.

import { redriveHelps } from '../../lambdas/shared/report/advice';
import { errorRows, errorsPage } from '../../scripts/errors-page';
import { read } from '../support/pages';

const rows = errorRows();

it('is as the classes are now', () => {
  expect(read('docs/errors.md')).toBe(errorsPage());
});

it.each(rows)('$name has a meaning of its own, and a page that says what to do', (row) => {
  expect(row.meaning.length).toBeGreaterThan(20);
  expect(rows.filter(({ meaning }) => meaning === row.meaning)).toHaveLength(1);
  expect(row.pages).not.toEqual([]);
});

it.each(rows)(
  '$name: a redrive is advised unless the class says that it is refused again',
  ({ name, family }) => {
    expect(redriveHelps({ error: name, redrivable: true })).toBe(family !== 'refused');
  },
);
