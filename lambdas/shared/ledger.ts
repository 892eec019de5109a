// The ledger: one DynamoDB table a stack, written by tasks only, with single-item conditional
// writes. This file knows keys and conditions; what the items mean stands beside their users.

import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** Key of an item: everything of one run lies under one partition. */
export interface LedgerKey {
  readonly pk: string;
  readonly sk: string;
}

/**
 * A condition for a write: members that must have exactly these values (null: must not be there), or
 * that nothing is there.
 */
export type WriteCondition =
  | 'absent'
  | Readonly<Record<string, string | number | null>>
  | undefined;

export const runKey = (runId: string, sk = 'run'): LedgerKey => ({ pk: `run#${runId}`, sk });
export const leaseKey = (target: string): LedgerKey => ({ pk: `lease#${target}`, sk: 'lease' });

/** Reads and writes items of the ledger table. */
export class Ledger {
  constructor(
    private readonly client: Pick<DynamoDBClient, 'send'>,
    private readonly table: string,
  ) {}

  /** The item, read consistently, or undefined. */
  async get<T extends object>(key: LedgerKey): Promise<T | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: marshall(key), ConsistentRead: true }),
    );
    return Item && (unmarshall(Item) as T);
  }

  /**
   * Writes a whole item when the condition holds.
   *
   * @returns false when it does not: somebody else was there
   */
  async put(key: LedgerKey, item: object, condition?: WriteCondition): Promise<boolean> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: marshall({ ...item, ...key }, { removeUndefinedValues: true }),
          ...conditionOf(condition),
        }),
      );
      return true;
    } catch (error) {
      return lostRace(error);
    }
  }

  /** Deletes an item when the condition holds; false when it does not. */
  async remove(key: LedgerKey, condition?: WriteCondition): Promise<boolean> {
    try {
      await this.client.send(
        new DeleteItemCommand({
          TableName: this.table,
          Key: marshall(key),
          ...conditionOf(condition),
        }),
      );
      return true;
    } catch (error) {
      return lostRace(error);
    }
  }

  /** All items of a run whose sort key starts with `prefix`, in key order. */
  async *list<T extends object>(runId: string, prefix: string): AsyncGenerator<T & LedgerKey> {
    let start: Record<string, never> | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: 'pk = :pk and begins_with(sk, :prefix)',
          ExpressionAttributeValues: marshall({ ':pk': runKey(runId).pk, ':prefix': prefix }),
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) yield unmarshall(item) as T & LedgerKey;
      start = page.LastEvaluatedKey as Record<string, never> | undefined;
    } while (start);
  }
}

function conditionOf(condition: WriteCondition) {
  if (condition === undefined) return {};
  if (condition === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  const members = Object.entries(condition).map(([name, value], i) => ({ name, value, i }));
  const valued = members.filter(({ value }) => value !== null);
  return {
    ConditionExpression: members
      .map(({ value, i }) => (value === null ? `attribute_not_exists(#c${i})` : `#c${i} = :c${i}`))
      .join(' and '),
    ExpressionAttributeNames: Object.fromEntries(members.map(({ name, i }) => [`#c${i}`, name])),
    // DynamoDB refuses an empty map of values.
    ...(valued.length === 0
      ? {}
      : {
          ExpressionAttributeValues: marshall(
            Object.fromEntries(valued.map(({ value, i }) => [`:c${i}`, value])),
          ),
        }),
  };
}

/**
 * A refused condition is an answer. After a lost answer of a write that took effect the SDK's own
 * retry sees a refused condition too: callers that must tell the two apart read the item again.
 */
function lostRace(error: unknown): false {
  if (error instanceof ConditionalCheckFailedException) return false;
  throw error;
}
