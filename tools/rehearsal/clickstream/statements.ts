// The functions of the solution that submit SQL and look how it goes. An element that is an address is
// read from S3; one of several statements is run in one transaction.

import { failure, type Ground, type Members } from './ground';
import { statementsOf } from './schema-list';

/** An element and what belongs to it. */
interface Item extends Members {
  readonly sql: string;
}

/** A statement on its way. */
interface Submitted {
  readonly item: Item;
  readonly queryId: string;
  readonly polls: number;
}

/** Longest pause between two looks, in seconds. */
const LONGEST_WAIT = 600;

/** The two functions. */
export class Statements {
  /** Failures that were told once: who asks again wants the element run again. */
  private readonly told = new Set<unknown>();

  constructor(private readonly ground: Ground) {}

  /** Submits an element, or says why the last try failed. */
  async submit(input: Members): Promise<Submitted> {
    const { item, failed, execution } = input as { item: Item; failed?: string; execution: string };
    const known = `${execution} ${failed}`;
    if (failed && !this.told.has(known)) {
      this.told.add(known);
      throw failure('ExecuteStatementFailed', failed);
    }
    const sqls = statementsOf(this.read(item.sql));
    const { warehouse } = this.ground.around;
    const { address } = warehouse;
    const where =
      address.kind === 'serverless'
        ? { WorkgroupName: address.workgroup }
        : { ClusterIdentifier: address.cluster, DbUser: 'clickstream' };
    const to = { ...where, Database: warehouse.databases[0], WithEvent: true };
    const { Id } =
      sqls.length === 1
        ? await this.ground.sql('ExecuteStatement', { ...to, Sql: sqls[0] })
        : await this.ground.sql('BatchExecuteStatement', { ...to, Sqls: sqls });
    return { item, queryId: String(Id), polls: 0 };
  }

  /** How a statement goes, and how long to wait before the next look. */
  async status(input: Members) {
    const { item, queryId, polls, wait, tolerate } = input as Members &
      Submitted & { wait: number };
    const { Status, Error: error = '' } = await this.ground.sql('DescribeStatement', {
      Id: queryId,
    });
    const exists = tolerate === true && String(error).includes('already exists');
    const status = Status === 'FAILED' && exists ? 'FINISHED' : String(Status);
    const bad = status === 'FAILED' || status === 'ABORTED';
    return {
      item,
      queryId,
      polls: polls + 1,
      status,
      wait: Math.min(LONGEST_WAIT, polls < 5 ? wait : wait + (polls - 4) * 10),
      ...(bad && { failed: `statement ${queryId} is ${status}: ${String(error)}` }),
    };
  }

  private read(sql: string): string {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(sql) ?? [];
    if (!bucket || !key) return sql;
    const body = this.ground.around.store.get(bucket, key)?.body;
    if (!body) throw failure('NoSuchKey', `there is no ${sql}`);
    return body.toString();
  }
}
