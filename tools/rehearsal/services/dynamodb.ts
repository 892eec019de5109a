// DynamoDB by dynalite, called in-process: no port of its own, no signature to forge.
// It has no transactions; they are refused by name.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';

type Members = Record<string, unknown>;

interface Dynalite {
  readonly store: Members;
  run(operation: string, input: Members): Promise<Members>;
}

interface DynaliteError {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

function startDynalite(): Dynalite {
  const store = require('dynalite/db').create({ createTableMs: 0 }) as Members;
  const validations = require('dynalite/validations');
  const run = async (operation: string, input: Members) => {
    const name = operation[0]!.toLowerCase() + operation.slice(1);
    const { types, custom } = require(`dynalite/validations/${name}`);
    const data = validations.checkTypes(input, types);
    validations.checkValidations(data, types, custom, store);
    const action = require(`dynalite/actions/${name}`);
    return await new Promise<Members>((resolve, reject) => {
      action(store, data, (error: unknown, answer: Members) =>
        error ? reject(error) : resolve(answer),
      );
    });
  };
  return { store, run };
}

/** A table of the account; key `tables` of `cloud.json`. */
export interface TableData {
  readonly name: string;
  /** @default - the account's */
  readonly region?: string;
  /** Hash key, and range key where there is one, with their types. */
  readonly key: Readonly<Record<string, 'S' | 'N'>>;
  readonly indexes?: Readonly<Record<string, TableData['key']>>;
  /** Items whose values are texts and numbers. */
  readonly items?: readonly Readonly<Record<string, string | number>>[];
}

const keySchema = (key: TableData['key']) =>
  Object.keys(key).map((AttributeName, i) => ({ AttributeName, KeyType: i ? 'RANGE' : 'HASH' }));

const OPERATIONS = new Set(
  'GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem DescribeTable'.split(
    ' ',
  ),
);

/** The tables of the account. */
export class DynamoDbService implements Service {
  readonly target = 'DynamoDB_20120810';
  readonly protocol = 'json-1.0';
  private readonly dynalite = startDynalite();
  /** Regions of tables that are not in ours. */
  private readonly elsewhere = new Map<unknown, string>();

  constructor(
    private readonly clock: Clock,
    /** `arn:aws:dynamodb:<region>:<account>:table/` */
    private readonly tableArns: string,
  ) {}

  /** Makes a table of the template. */
  async createTable(properties: Members): Promise<void> {
    const wanted =
      'TableName AttributeDefinitions KeySchema BillingMode ProvisionedThroughput GlobalSecondaryIndexes LocalSecondaryIndexes';
    const input = wanted.split(' ').map((key) => [key, properties[key]]);
    const members = Object.fromEntries(input.filter(([, value]) => value !== undefined));
    await this.run('CreateTable', members);
    // dynalite makes the table ACTIVE on a timer of its own.
    for (;;) {
      const { Table } = await this.run('DescribeTable', { TableName: properties.TableName });
      if ((Table as Members).TableStatus === 'ACTIVE') return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Makes a table of the account, with its items. */
  async putTable({ name, region, key, indexes = {}, items = [] }: TableData): Promise<void> {
    if (region) this.elsewhere.set(name, region);
    const keys = Object.assign({}, key, ...Object.values(indexes)) as TableData['key'];
    const types = Object.entries(keys);
    const secondary = Object.entries(indexes).map(([IndexName, of]) => ({
      IndexName,
      KeySchema: keySchema(of),
      Projection: { ProjectionType: 'ALL' },
    }));
    await this.createTable({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(key),
      AttributeDefinitions: types.map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      GlobalSecondaryIndexes: secondary.length > 0 ? secondary : undefined,
    });
    for (const item of items) {
      const values = Object.entries(item).map(([attribute, value]) => [
        attribute,
        typeof value === 'number' ? { N: String(value) } : { S: value },
      ]);
      await this.run('PutItem', { TableName: name, Item: Object.fromEntries(values) });
    }
  }

  async call({ operation, input, region, authorize }: ServiceRequest): Promise<Members> {
    if (!OPERATIONS.has(operation)) {
      throw new ServiceError('UnknownOperationException', `DynamoDB ${operation} is not rehearsed`);
    }
    const { RequestItems, TableName = '', IndexName = '' } = input;
    if (typeof TableName !== 'string' || typeof IndexName !== 'string') {
      throw new ServiceError('SerializationException', 'a name is not a string');
    }
    const tables = Object.keys((RequestItems as Members | undefined) ?? {});
    if (tables.length === 0) tables.push(TableName.replace(/^arn:.*:table\//, ''));
    const ours = this.tableArns.split(':')[3]!;
    const arns = this.tableArns.replace(ours, region);
    for (const table of tables) {
      const index = IndexName === '' ? '' : `/index/${IndexName}`;
      authorize(`dynamodb:${operation}`, `${arns}${table}${index}`);
      if ((this.elsewhere.get(table) ?? ours) === region) continue;
      throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
    }
    return await this.run(operation, input);
  }

  private async run(operation: string, input: Members): Promise<Members> {
    const release = this.clock.hold();
    try {
      return await this.dynalite.run(operation, input);
    } catch (error) {
      const { statusCode, body } = error as DynaliteError;
      if (!statusCode || !body) throw error;
      const { __type, message, Message, ...fields } = body;
      const code = __type.split('#').at(-1)!;
      throw new ServiceError(code, message ?? Message ?? code, statusCode, fields);
    } finally {
      release();
    }
  }
}
