// UNLOAD and COPY as the task runs them: judged by manifest and count, interrupted at every call.

import type { Ledger } from '../../../lambdas/shared/ledger';
import { ownPrefix } from '../../../lambdas/shared/sql';
import { BatchHarness } from '../../support/batches';
import { FakeClock, FakeWarehouse, type ScriptedStatement } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';

const HOUR = 3_600_000;
const FOLDER = 's3://lake/unload/';
const ROLE = { kind: 'arn', value: 'arn:aws:iam::000000000000:role/redshift' } as const;
const UNLOAD = {
  step: 'save',
  plan: {
    kind: 'list',
    statements: [
      {
        name: 'unload',
        sql: { file: 'redshift/unload-csv' },
        literals: { to: { kind: 's3-own-prefix', value: FOLDER }, role: ROLE },
        query: { sql: { name: 'q.sql', text: "select a from t where b = 'x'" } },
      },
    ],
  },
  evidence: { kind: 'unload', folder: FOLDER },
} as const;
const copyOf = (rows: number) =>
  ({
    step: 'load',
    plan: {
      kind: 'list',
      statements: [
        {
          name: 'copy',
          sql: { file: 'redshift/copy-csv' },
          ids: { schema: 's', table: 't', columns: ['a', 'b'] },
          literals: { manifest: { kind: 's3-uri', value: `${FOLDER}m` }, role: ROLE },
        },
      ],
    },
    evidence: { kind: 'copy', rows, schema: 's', table: 't' },
  }) as const;

let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
});
afterAll(() => stop());

const MANIFEST = (rows: number) =>
  JSON.stringify({ entries: [{}, {}], meta: { record_count: rows, content_length: 80 } });

/** The prefix of an attempt of the UNLOAD. */
const prefix = (h: BatchHarness, attempt: number) =>
  ownPrefix(FOLDER, [h.runId, 'save', '-', '000000-unload.1', String(attempt)]);

async function unloads(script: (nth: number, h: BatchHarness, sql: string) => ScriptedStatement) {
  const clock = new FakeClock();
  const warehouse = new FakeWarehouse(clock, (sql, _p, nth) => script(nth, h, sql));
  const h: BatchHarness = new BatchHarness(ledger, warehouse, clock, UNLOAD);
  return h.open();
}

/** Nobody can tell what became of the statement that was submitted: neither list nor history. */
async function forgotten(h: BatchHarness): Promise<void> {
  h.warehouse.after = (call, input) => {
    const work = call === 'ExecuteStatement' && /\d;$/.test(String(input.StatementName));
    expect(work).toBe(false);
  };
  await expect(h.turns()).rejects.toThrow();
  h.warehouse.after = () => undefined;
  h.warehouse.historyKeepsComments = false;
  h.warehouse.mayList = false;
  h.clock.pass(200 * HOUR);
}

/** A table whose rows a COPY adds to. */
async function copies(
  rows: number,
  script: (nth: number) => ScriptedStatement & { adds?: number },
) {
  const clock = new FakeClock();
  const table = { rows: 0, counts: 0 };
  const errors = [
    {
      file_name: 's3://lake/f',
      line_number: '7',
      column_name: 'a',
      error_code: '1207',
      error_message: 'Invalid digit',
    },
  ];
  let late = 1;
  const warehouse = new FakeWarehouse(clock, (sql) => {
    if (sql.includes('count(*)')) {
      table.counts++;
      return { rows: [{ total: String(table.rows) }] };
    }
    if (sql.includes('sys_load_error_detail')) return { rows: late-- > 0 ? [] : errors };
    const nth = warehouse.work.length;
    const { adds = 0, ...rest } = script(nth);
    table.rows += adds;
    return rest;
  });
  return { h: await new BatchHarness(ledger, warehouse, clock, copyOf(rows)).open(), table };
}

describe('UNLOAD', () => {
  it('writes below run, step and attempt, and reports what the manifest counts', async () => {
    const h = await unloads((_, me) => {
      me.objects.set(`${prefix(me, 1)}manifest`, MANIFEST(12));
      return { seconds: 60 };
    });
    const manifest = `${prefix(h, 1)}manifest`;
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 12, manifest });
    expect(h.warehouse.work[0]!.sql).toContain(`to '${prefix(h, 1)}'`);
    expect(h.warehouse.work[0]!.sql).toContain("unload ('select a from t where b = ''x''')");
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 12, manifest });
    expect(h.warehouse.work).toHaveLength(1);
  });

  it('that fails half way is redone by a redrive under a prefix of its own', async () => {
    const h = await unloads((nth, me) => {
      if (nth === 0) return { ends: 'FAILED', error: 'disk full' };
      me.objects.set(`${prefix(me, 2)}manifest`, MANIFEST(3));
      return {};
    });
    await expect(h.turns()).rejects.toThrow('disk full');
    const manifest = `${prefix(h, 2)}manifest`;
    await expect(h.redrive()).resolves.toMatchObject({ rows: 3, manifest });
  });

  it.each([
    ['no manifest', undefined],
    ['a manifest without counts', '{"entries": []}'],
    ['half a manifest', '{"entries": ['],
  ])('that finished with %s has proven nothing', async (_, text) => {
    const h = await unloads((_nth, me) => {
      const key = `${prefix(me, 1)}manifest`;
      me.objects.set(text === undefined ? `${key}.other` : key, text ?? '');
      return {};
    });
    await expect(h.turns()).rejects.toMatchObject({
      name: 'ProcedureFailedError',
      message: expect.stringContaining('left no manifest that counts its rows'),
    });
  });

  const counts = (total: number, left?: string) =>
    unloads((_nth, me, sql) => {
      if (left !== undefined) me.objects.set(`${prefix(me, 1)}${left}`, '');
      return sql.includes('count(*)') ? { rows: [{ total: String(total) }] } : {};
    });

  it('of no rows, which leaves nothing, has no manifest and counts 0', async () => {
    const h = await counts(0);
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 0, manifest: null });
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 0, manifest: null });
  });

  it.each([
    ['though its query has rows', 3, undefined],
    ['though it has left files', 0, '0000_part_00'],
  ])('that finished without a manifest %s has proven nothing', async (_, total, left) => {
    const h = await counts(total, left);
    await expect(h.turns()).rejects.toMatchObject({ name: 'ProcedureFailedError' });
  });

  it.each([
    ['is taken when its manifest is there', 1, 1],
    ['is left alone without one, and the next writes elsewhere', 2, 2],
  ])('of which nobody knows any more %s', async (_, manifestOf, statements) => {
    const h = await unloads((_nth, me) => {
      me.objects.set(`${prefix(me, manifestOf)}manifest`, MANIFEST(5));
      return {};
    });
    await forgotten(h);
    const manifest = `${prefix(h, manifestOf)}manifest`;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 5, manifest });
    expect(h.warehouse.work).toHaveLength(statements);
  });
});

describe('COPY', () => {
  it('is done when the table holds what the manifest counts', async () => {
    const { h, table } = await copies(4, () => ({ seconds: 60, adds: 4 }));
    await expect(h.turns()).resolves.toMatchObject({ status: 'done', rows: 4 });
    await h.turns();
    expect([table.rows, h.warehouse.work.length]).toEqual([4, 1]);
    expect(h.warehouse.work[0]!.sql).toContain('copy "s"."t" ("a", "b")');
  });

  it('names file, line and column of a row it refused, also when the view is late', async () => {
    const { h } = await copies(4, () => ({ ends: 'FAILED', error: 'Load into table failed' }));
    await expect(h.turns()).rejects.toMatchObject({
      name: 'StatementStoppedError',
      message: expect.stringContaining(
        'Load into table failed; s3://lake/f line 7 column a: Invalid digit (1207)',
      ),
    });
  });

  it('is loaded anew by a redrive after a failure', async () => {
    const { h, table } = await copies(4, (nth) =>
      nth === 0 ? { ends: 'FAILED', error: 'bad row' } : { adds: 4 },
    );
    await expect(h.turns()).rejects.toThrow('bad row');
    await expect(h.redrive()).resolves.toMatchObject({ rows: 4 });
    expect(table.rows).toBe(4);
  });

  it('W2 lost rows: a table with fewer rows than the manifest counts fails, and is never filled up', async () => {
    const { h, table } = await copies(4, (nth) => ({ adds: nth === 0 ? 3 : 4 }));
    await expect(h.turns()).rejects.toMatchObject({
      name: 'ReconciliationError',
      message: expect.stringContaining('counts 4 rows, s.t holds 3'),
    });
    await expect(h.redrive()).rejects.toThrow('holds 3 rows before the load');
    expect(h.warehouse.work).toHaveLength(1);
    table.rows = 0;
    await expect(h.redrive()).resolves.toMatchObject({ rows: 4 });
  });

  it('does not add to rows that are there already', async () => {
    const { h, table } = await copies(4, () => ({ adds: 4 }));
    table.rows = 2;
    await expect(h.turns()).rejects.toThrow('holds 2 rows before the load');
    expect(h.warehouse.work).toHaveLength(0);
  });

  it('of no rows loads nothing, and wants the table empty all the same', async () => {
    const { h, table } = await copies(0, () => ({}));
    table.rows = 1;
    await expect(h.turns()).rejects.toThrow('holds 1 rows');
    table.rows = 0;
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', batches: 1, rows: 0 });
    expect(h.warehouse.work).toHaveLength(0);
  });

  it('of which nobody knows any more is done when its rows are all there', async () => {
    const { h } = await copies(4, () => ({ adds: 4 }));
    await forgotten(h);
    await expect(h.redrive()).resolves.toMatchObject({ status: 'done', rows: 4 });
    expect(h.warehouse.work).toHaveLength(1);
  });

  it('of which nobody knows any more is left to a person when they are not', async () => {
    const { h } = await copies(4, () => ({ adds: 3 }));
    await forgotten(h);
    await expect(h.redrive()).rejects.toMatchObject({ name: 'UndecidedStatementError' });
    expect(h.warehouse.work).toHaveLength(1);
  });
});
