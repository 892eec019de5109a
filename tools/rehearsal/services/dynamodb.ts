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

  async call({ operation, input, authorize }: ServiceRequest): Promise<Members> {
    if (!OPERATIONS.has(operation)) {
      throw new ServiceError('UnknownOperationException', `DynamoDB ${operation} is not rehearsed`);
    }
    const { RequestItems, TableName = '', IndexName = '' } = input;
    if (typeof TableName !== 'string' || typeof IndexName !== 'string') {
      throw new ServiceError('SerializationException', 'a name is not a string');
    }
    const tables = Object.keys((RequestItems as Members | undefined) ?? {});
    if (tables.length === 0) tables.push(TableName.replace(/^arn:.*:table\//, ''));
    for (const table of tables) {
      const index = IndexName === '' ? '' : `/index/${IndexName}`;
      authorize(`dynamodb:${operation}`, `${this.tableArns}${table}${index}`);
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
