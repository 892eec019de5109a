// The tasks around an application's schema over a scripted state machine, warehouse and bucket.

import { followSchema } from '../../lambdas/follow-schema/core';
import type { FollowSchemaPayload, FollowSchemaResult } from '../../lambdas/follow-schema/payload';
import objects from '../../lambdas/shared/clickstream/data/schema-objects.json';
import { DataApi, type Row } from '../../lambdas/shared/data-api';
import { runKey } from '../../lambdas/shared/ledger';
import { sqlText } from '../../lambdas/shared/sql-files';
import { verifySchema } from '../../lambdas/verify-schema/core';
import { FakeMachine, type ScriptedTry } from './fake-machine';
import { FakeClock, FakeWarehouse } from './fake-warehouse';
import { MemoryLedger } from './memory-ledger';
import { newRunId, serviceError } from './runs';

export const SCHEMA_MACHINE =
  'arn:aws:states:eu-west-1:000000000000:stateMachine:CreateApplicationSchemasSQLExecutionStateMachine-AbCdEf123456';
export const STAMP = '20260101T000100000Z';
export const FOLDER = `s3://bucket/prefix/tmp/my_project_ab12/sqls/Shop-${STAMP}`;
export const SQLS = [0, 1, 2].map((n) => `${FOLDER}/${n}.sql`);
export const PYTHON = 'Create function is not supported for language plpythonu anymore.';
export const FUNCTIONS = ['convert_json_list', 'combine_json_list'];
const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:example-clickstream-upgrade:one';

const FILES: Record<string, string> = {
  [SQLS[0]!]: 'create schema if not exists Shop',
  [SQLS[1]!]:
    'create or replace function Shop.convert_json_list(j varchar) returns varchar stable as $$ pass $$ language plpythonu;\n' +
    'create or replace procedure Shop.sp_scan_metadata() as $$ begin end $$ language plpgsql;',
  [SQLS[2]!]: 'create table if not exists Shop.event_v2 (event_id varchar(255))',
};

/** Thrown where a worker dies. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export class SchemaHarness {
  readonly clock = new FakeClock();
  readonly memory = new MemoryLedger();
  readonly machine: FakeMachine;
  readonly warehouse: FakeWarehouse;
  readonly runId = newRunId();
  readonly files = { ...FILES };
  redriveCount = 0;
  selfArn = `${ROOT}:child`;
  rootStatus = 'RUNNING';
  edited = false;
  /** Objects the catalog shows. */
  catalog = upgraded();
  /** Status of the solution's own statement, by id. */
  statements: Record<string, string> = {};
  private invocations = 0;

  constructor(script: (nth: number, name: string) => ScriptedTry = () => ({})) {
    this.machine = new FakeMachine(this.clock, SCHEMA_MACHINE, ({ name }, nth) =>
      script(nth, name),
    );
    this.warehouse = new FakeWarehouse(this.clock, (sql) => ({ rows: this.rowsOf(sql) }));
  }

  async open(): Promise<this> {
    await this.memory.ledger.put(runKey(this.runId), {
      runId: this.runId,
      executionArn: ROOT,
      status: 'open',
      startedAt: new Date(this.clock.now()).toISOString(),
    });
    return this;
  }

  /** The solution's own execution, started a minute after the run. */
  theirs(name = `Shop-${STAMP}-1`, sqls = SQLS) {
    this.clock.pass(60_000);
    return this.machine.put(name, { sqls });
  }

  private get deps() {
    return {
      ledger: this.memory.ledger,
      clock: this.clock,
      sfn: { send: async () => ({ status: this.rootStatus }) } as never,
      foreignSfn: () => this.machine.client as never,
      sqlText,
      dataApi: (target: object) =>
        new DataApi({ send: (command: never) => this.sendData(command) } as never, target as never),
      readObject: async (uri: string) => {
        const text = this.files[uri];
        if (text === undefined)
          throw serviceError('NoSuchKey', 'The specified key does not exist.');
        return text;
      },
    };
  }

  private async sendData(command: { input: { Id?: string } }): Promise<never> {
    const Status = this.statements[command.input.Id ?? ''];
    if (Status === 'denied') throw serviceError('AccessDeniedException');
    if (Status === 'broken') throw serviceError('InternalServerException', 'broken');
    if (Status) return { Status } as never;
    return this.warehouse.client.send(command as never);
  }

  private get caller() {
    const { runId, redriveCount, selfArn } = this;
    const item = { map: 'schemas', key: 'Shop' };
    return { version: 1, runId, rootArn: ROOT, selfArn, redriveCount, item };
  }

  private get invocation() {
    this.invocations += 1;
    const end = this.clock.now() + 900_000;
    const requestId = `request-${this.invocations}`;
    return { requestId, remainingMs: () => end - this.clock.now() };
  }

  follow(change: Partial<FollowSchemaPayload> = {}): Promise<FollowSchemaResult> {
    const payload: FollowSchemaPayload = {
      ...this.caller,
      step: 'schema',
      machineArn: SCHEMA_MACHINE,
      appId: 'Shop',
      since: null,
      warehouse: { workgroup: 'w', database: 'd' },
      functions: FUNCTIONS,
      edited: this.edited,
      ...change,
    };
    return followSchema(payload, this.deps, this.invocation);
  }

  /** As the machine would: turn after turn, the edited list after `python`, deaths retried. */
  async drive(): Promise<FollowSchemaResult> {
    for (let turn = 0; turn < 100; turn += 1) {
      const result = await this.follow().catch((error: Error) => {
        if (error instanceof Killed) return undefined;
        throw error;
      });
      if (result?.status === 'done') return result;
      this.edited ||= result?.status === 'python';
    }
    throw new Error('no end after 100 turns');
  }

  /** An operator's redrive: the Map has ended, so that a new child begins. */
  redrive(): this {
    this.selfArn = `${this.selfArn}+`;
    this.edited = false;
    return this;
  }

  verify() {
    const warehouse = { workgroup: 'w', database: 'd' };
    return verifySchema(
      { ...this.caller, warehouse, appId: 'Shop', functions: FUNCTIONS },
      this.deps,
    );
  }

  async notes(): Promise<string[]> {
    return (await this.items<{ text: string }>('note#')).map(({ text }) => text);
  }

  async items<T extends object>(prefix: string): Promise<T[]> {
    const all: T[] = [];
    for await (const one of this.memory.list<T>(this.runId, prefix)) all.push(one);
    return all;
  }

  private rowsOf(sql: string): Record<string, string>[] {
    const { relations, procedures, columns, owner } = this.catalog;
    if (sql.includes('read-schema-columns')) {
      return Object.entries(columns).flatMap(([relation, names]) =>
        names.map((name) => ({ relation, name })),
      );
    }
    const row = (kind: string) => (name: string) => ({ kind, name, owner, me: 'data-api' });
    return [...relations.map(row('relation')), ...procedures.map(row('procedure'))];
  }
}

/** The catalog of an upgraded schema. */
export function upgraded() {
  const columns: Record<string, string[]> = structuredClone(objects.tables);
  return {
    relations: [...Object.keys(columns), ...objects.views],
    procedures: [...objects.procedures, ...FUNCTIONS],
    columns,
    owner: 'data-api',
  };
}

export type { Row };
