// T15: on a cluster nothing is gone before it is gone on every node. There is no cluster to try it on here: the server is
// a fake that answers files by name.

import { dropDeprecated } from '../../../lambdas/drop-deprecated/core';
import { listKey } from '../../../lambdas/read-deprecated/core';
import { prove } from '../../../lambdas/shared/aspects/proof';
import { approvedHash, gateKey } from '../../../lambdas/shared/gates';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, openedRun } from '../../support/runs';

const DBT = 'v5.0.0';
const RELATION = {
  database: 'xapi',
  name: 'responses',
  engine: 'MergeTree',
  definition: 'CREATE TABLE xapi.responses',
  uuid: 'u1',
  bytes: '0',
};
const OBJECT = {
  relation: 'xapi.responses',
  database: 'xapi',
  name: 'responses',
  kind: 'table',
  uuid: 'u1',
};

/** A cluster of three nodes; what each drop leaves is given. */
async function world(nodesAfter: number[]) {
  const memory = new MemoryLedger();
  const { ledger } = memory;
  const clock = { now: () => 0 } as never;
  const run = await openedRun(ledger, { machine: 'aspects-upgrade' });
  const commands: string[] = [];
  let here = true;
  let nodes = 3;
  const rows = (file: string): object[] => {
    if (file === 'relations') return here ? [RELATION] : [];
    if (file !== 'relations-of-nodes' || nodes === 0) return [];
    return [{ database: 'xapi', name: 'responses', nodes: String(nodes), all_nodes: '3' }];
  };
  const client = {
    query: async ({ query }: { query: string }) => ({
      json: async () => rows(/\/\* \S+ (\S+) \*\//.exec(query)![1]!),
    }),
    command: async ({ query }: { query: string }) => {
      commands.push(query.split('\n')[1]!);
      here = false;
      nodes = nodesAfter.shift() ?? 0;
    },
    close: async () => undefined,
  };
  await ledger.put(listKey(run.runId, 'h'), { dbt: DBT, objects: [OBJECT], at: '' });
  await ledger.put(gateKey(run.runId, 'removal'), {
    answer: 'approve',
    hash: approvedHash({ objects: 'h' }),
  });
  for (const what of ['verified', 'reconciled'] as const) {
    await prove({ ledger, clock }, run.runId, what, DBT);
  }
  const clickhouse = {
    url: 'http://h:8123',
    secretArn: 'arn:s',
    databases: {
      xapi: 'xapi',
      eventSink: 'event_sink',
      reporting: 'reporting',
      openedx: 'openedx',
    },
    cluster: 'main',
  };
  const drop = () =>
    dropDeprecated(
      { ...callerOf(run), clickhouse, dbt: DBT, hash: 'h', gate: 'removal' },
      {
        ledger,
        clock,
        sqlText,
        connect: async () => ({
          client: client as never,
          login: { url: clickhouse.url, username: 'u' },
        }),
      },
    );
  return { drop, commands };
}

it('T15 drops on every node', async () => {
  const { drop, commands } = await world([0]);
  expect(await drop()).toEqual({ dropped: 1 });
  expect(commands).toEqual(['drop table if exists `xapi`.`responses` on cluster `main` sync']);
});

it('stops while another node still has it, and drops there after a redrive', async () => {
  const { drop, commands } = await world([2, 0]);
  await expect(drop()).rejects.toThrow(/xapi\.responses \(on other nodes\) still there/);
  expect(await drop()).toEqual({ dropped: 1 });
  expect(commands).toHaveLength(2);
});
