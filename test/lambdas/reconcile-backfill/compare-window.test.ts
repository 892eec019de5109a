import { compareWindow } from '../../../lambdas/reconcile-backfill/compare-window';
import type { ReadWarehouse } from '../../../lambdas/reconcile-backfill/deps';
import type { StagedPayload } from '../../../lambdas/reconcile-backfill/payload';
import type { Source } from '../../../lambdas/reconcile-backfill/source';

const payload = {
  tenant: { reportingSchema: 'reporting_ca', staging: 'load', subjectIds: [19] },
  high: '2022-07-01 01:00:00.000000',
} as unknown as StagedPayload;
const WINDOW = { from: '2021-01-01 00:00:00.000000', to: '2021-01-31 00:00:00.000000' };
const rows = (n: number, s_id = n) => [{ school_year: 2021, n, s_id, fp: s_id }];

interface Answers {
  /** Rows by file; of facts of listed exams under `<file> some`. */
  readonly redshift: Readonly<Record<string, object[]>>;
  readonly mysql: Readonly<Record<string, object[]>>;
  readonly lists?: Readonly<Record<string, string[][]>>;
}

async function compare({ redshift, mysql, lists = {} }: Answers) {
  const asked: string[] = [];
  const read: ReadWarehouse = async (file, { parameters, literals }) => {
    const name = Number(parameters?.some ?? 0) === 1 ? `${file} some` : file;
    asked.push(`${name} ${literals?.exams?.value ?? ''}`.trim());
    return (redshift[name] ?? []) as never;
  };
  const source = {
    rows: async (file: string, values: Record<string, unknown>) => {
      asked.push(file);
      return (mysql[`${file} ${values.settled ?? ''}`.trim()] ?? []) as never;
    },
    async *ids(file: string) {
      yield* lists[file] ?? [];
    },
  } as unknown as Source;
  return { found: await compareWindow(payload, WINDOW, read, source, () => 1), asked };
}

describe('a window', () => {
  test('that agrees costs four readings', async () => {
    const { found, asked } = await compare({
      mysql: { 'mysql-facts': rows(3), 'mysql-latest-facts 0': rows(2) },
      redshift: { facts: rows(3), 'joined-facts': rows(2) },
    });
    expect(found).toMatchObject({ wrong: [], wrongLatest: [], lagging: [] });
    expect(asked).toEqual(['mysql-facts', 'facts 0', 'mysql-latest-facts', 'joined-facts 0']);
  });

  test('that lacks what was changed since the mark agrees without it, list after list', async () => {
    const { found, asked } = await compare({
      mysql: {
        'mysql-facts': rows(1),
        'mysql-latest-facts 0': rows(1),
        'mysql-latest-facts 1': rows(1),
      },
      redshift: {
        facts: rows(3),
        'facts some': rows(1),
        'joined-facts': rows(3),
        'joined-facts some': rows(2),
      },
      lists: { 'mysql-changed-exams': [['5', '6'], ['7']], 'mysql-unsettled-exams': [['5', '8']] },
    });
    expect(found).toMatchObject({ wrong: [], wrongLatest: [], lagging: [] });
    expect(found.changed['2021']).toMatchObject({ n: '2' });
    expect(found.latest['2021']).toMatchObject({ n: '3' });
    expect(asked).toEqual(
      expect.arrayContaining(['facts some 5,6', 'facts some 7', 'joined-facts some 5,8']),
    );
  });

  test('with a load that is another is wrong by the columns that differ', async () => {
    const { found } = await compare({
      mysql: { 'mysql-facts': rows(3, 9), 'mysql-latest-facts 0': rows(3) },
      redshift: { facts: rows(3, 8), 'joined-facts': rows(3) },
    });
    expect(found.wrong.map(({ year, column }) => `${year} ${column}`)).toEqual([
      '2021 s_id',
      '2021 fp',
    ]);
  });

  const differs = {
    mysql: {
      'mysql-facts': rows(3),
      'mysql-latest-facts 0': rows(3),
      'mysql-latest-facts 1': rows(3),
      'mysql-latest-exams': rows(2),
    },
    redshift: { facts: rows(3), 'joined-facts': rows(2), 'exam-facts': rows(2) },
  };

  test('R3 of which Redshift has the same exams and other scores is wrong', async () => {
    const { found } = await compare(differs);
    expect(found.wrong).toEqual([]);
    expect(found.lagging).toEqual([]);
    expect(found.wrongLatest.map(({ column }) => column)).toEqual(['n', 's_id', 'fp']);
  });

  test('R3 of which Redshift has other exams lags behind', async () => {
    const { found } = await compare({
      ...differs,
      redshift: { ...differs.redshift, 'exam-facts': rows(1) },
    });
    expect(found.wrongLatest).toEqual([]);
    expect(found.lagging).toEqual(['2021']);
  });
});
