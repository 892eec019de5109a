import { differences } from '../../cli/expectations';

const summary = { status: 'SUCCEEDED', redriveCount: 0 } as never;
const answers: Readonly<Record<string, unknown>> = { 'source: old': 7, 'target: new': '7', x: 3 };
const ask = async (sql: string, cluster?: string) =>
  answers[cluster === undefined ? sql : `${cluster}: ${sql}`];

it('compares what a cluster of MySQL says with a value, or with what another says', async () => {
  const there = { cluster: 'source', sql: 'old' };
  const asked = { name: 'rows', cluster: 'target', sql: 'new' };
  const mysql = [
    { ...asked, equals: 7 },
    { ...asked, equals: there },
    { ...asked, equals: 8 },
    { ...asked, name: 'no row', equals: { cluster: 'source', sql: 'gone' } },
  ];
  expect(await differences({ mysql }, summary, ask)).toEqual([
    'rows: expected 8, found 7',
    'no row: expected undefined, found 7',
  ]);
});

it('compares how the run ended, and what the warehouse says', async () => {
  const warehouse = [{ name: 'events', sql: 'x', equals: 4 }];
  expect(await differences({ status: 'FAILED', warehouse }, summary, ask)).toEqual([
    'status: expected FAILED, found SUCCEEDED',
    'events: expected 4, found 3',
  ]);
});

it('compares what ClickHouse says', async () => {
  const clickhouse = [{ name: 'relations', sql: 'left', equals: 0 }];
  const found = await differences({ clickhouse }, summary, async (_, cluster) => cluster);
  expect(found).toEqual(['relations: expected 0, found clickhouse']);
});
