// An AWS of a few answers behind a real address, for the commands with the SDK's own clients: what each call is
// answered with is said by the test, in any order in time. What the rehearsal's stand-ins cannot do: answer late, or
// from before.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { main } from '../../../cli/main';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const STACK = 'prod-demo';
export const machineArn = (name: string, where = `${REGION}:${ACCOUNT}`) =>
  `arn:aws:states:${where}:stateMachine:${name}`;
export const executionArn = (name: string, machine = `${STACK}-run`) =>
  `arn:aws:states:${REGION}:${ACCOUNT}:execution:${machine}:${name}`;

type Input = Readonly<Record<string, unknown>>;
/** Answers a call; throws a `Refusal`, or never settles. */
export type Answer = (input: Input, nth: number) => unknown;

/** An error of a service. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

/** Takes effect, and the caller sees a broken connection. */
export class LostAnswer extends Error {}

const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_REGION: REGION,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

export class StandIn {
  /** Calls in their order, `states.StartExecution`. */
  readonly calls: { readonly name: string; readonly input: Input }[] = [];
  /** Resources of stacks by their names; others do not exist. */
  stacks: Record<string, readonly (readonly [id: string, type: string, physicalId: string])[]> = {
    [STACK]: resourcesOf(),
  };
  templates: Record<string, unknown> = {};
  /** Account of the keys. @default - nobody says */
  caller: string | undefined;
  ledger: readonly (Record<string, unknown> & { readonly pk: string; readonly sk: string })[] = [];
  readonly answers: Record<string, Answer> = {
    'DynamoDB.GetItem': ({ Key }) => {
      const { pk, sk } = unmarshall(Key as never);
      const item = this.ledger.find((one) => one.pk === pk && one.sk === sk);
      return item ? { Item: marshall(item) } : {};
    },
    'DynamoDB.Query': ({ ExpressionAttributeValues }) => {
      const [pk, prefix = ''] = Object.values(unmarshall(ExpressionAttributeValues as never));
      const found = this.ledger.filter((one) => one.pk === pk && one.sk.startsWith(prefix));
      return { Items: found.map((one) => marshall(one)) };
    },
    'states.GetExecutionHistory': () => ({ events: [] }),
    'states.ListMapRuns': () => ({ mapRuns: [] }),
    'states.ListExecutions': () => ({ executions: [] }),
  };
  // Longer than a busy test is silent: a connection that is closed while it is used again is a lost answer.
  private readonly server = createServer(
    { keepAliveTimeout: 120_000 },
    (request, response) => void this.serve(request, response),
  );

  async start(): Promise<void> {
    Object.assign(process.env, KEYS);
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): readonly Input[] {
    return this.calls.filter((call) => call.name === name).map(({ input }) => input);
  }

  /** Runs the command against it; what it printed and how it ended. */
  async runbooks(...args: readonly string[]) {
    const said = { out: '', err: '' };
    const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.out += text;
      return true;
    });
    const err = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.err += text;
      return true;
    });
    try {
      const code = await main([...args, '--endpoint-url', this.url]);
      return { code, ...said };
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const target = request.headers['x-amz-target'];
    try {
      if (body.startsWith('Action=GetCallerIdentity')) return this.identity(response);
      if (target === undefined) return this.cloudFormation(new URLSearchParams(body), response);
      const [service, operation] = String(target).split('.');
      const name = `${service!.startsWith('Dynamo') ? 'DynamoDB' : 'states'}.${operation}`;
      const answer = await this.answer(name, JSON.parse(body));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    } catch (error) {
      if (error instanceof LostAnswer) return void request.socket.destroy();
      const code = error instanceof Refusal ? error.code : 'InternalFailure';
      const { message } = error as Error;
      if (target === undefined) {
        response.writeHead(400, { 'content-type': 'text/xml' });
        response.end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
        );
        return;
      }
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: code, message }));
    }
  }

  private answer(name: string, input: Input): unknown {
    this.calls.push({ name, input });
    const answer = this.answers[name];
    if (!answer) throw new Refusal('UnknownOperationException', `${name} has no answer here`);
    return answer(input, this.named(name).length);
  }

  private identity(response: ServerResponse): void {
    this.calls.push({ name: 'sts.GetCallerIdentity', input: {} });
    if (this.caller === undefined) throw new Refusal('InternalFailure');
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${this.caller}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  }

  private cloudFormation(query: URLSearchParams, response: ServerResponse): void {
    const [operation, stack] = [query.get('Action')!, query.get('StackName')!];
    this.calls.push({ name: `cloudformation.${operation}`, input: { stack } });
    const resources = this.stacks[stack];
    if (!resources) throw new Refusal('ValidationError', `Stack with id ${stack} does not exist`);
    const inner =
      operation === 'GetTemplate'
        ? `<TemplateBody>${escaped(JSON.stringify(this.templates[stack] ?? {}))}</TemplateBody>`
        : `<StackResourceSummaries>${resources
            .map(
              ([id, type, physicalId]) =>
                `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
            )
            .join('')}</StackResourceSummaries>`;
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`,
    );
  }
}

/** What a small stack of runbooks has. */
export function resourcesOf(
  stack: string = STACK,
  machines: readonly string[] = ['run', 'answer', 'quiet-watch'],
  where = `${REGION}:${ACCOUNT}`,
) {
  return [
    ...machines.map(
      (name) =>
        [name, 'AWS::StepFunctions::StateMachine', machineArn(`${stack}-${name}`, where)] as const,
    ),
    ['PlatformLedgerTable', 'AWS::DynamoDB::Table', `${stack}-ledger`] as const,
  ];
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Epoch seconds, as the service's JSON has them. */
export const seconds = (iso: string): number => Date.parse(iso) / 1000;
