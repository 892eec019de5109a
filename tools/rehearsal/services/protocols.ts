// Wire forms of AWS's protocols: what comes in as one object, what goes out as bytes.
// https://smithy.io/2.0/aws/protocols/index.html

import { ServiceError, type ServiceRequest } from '../types';

/** A request of a REST protocol, for stand-ins that read methods and paths. */
export interface HttpInput {
  readonly method: string;
  /** Decoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What goes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A stand-in for a service of a REST protocol. */
export interface RestService {
  /** Signing name, e.g. `s3`. */
  readonly target: string;
  readonly protocol: 'rest-xml' | 'rest-json' | 'kubernetes';
  /** Name of the operation; undefined when the stand-in does not know it. */
  operationOf(input: HttpInput): string | undefined;
  call(request: ServiceRequest<HttpInput>): Promise<HttpAnswer>;
}

type Tree = { [key: string]: Tree | string };

/** Reads `A.member.1.B=x` and `A.entry.1.key=k` of the query protocol. */
export function readQuery(params: URLSearchParams): Record<string, unknown> {
  const root: Tree = Object.create(null);
  for (const [path, value] of params) {
    let at = root;
    const parts = path.split('.');
    // No member of any service is called so, and nobody who makes a text of it would survive.
    if (parts.some((part) => part in Object.prototype)) {
      throw new ServiceError('MalformedQueryString', `there is no member ${path}`);
    }
    for (const part of parts.slice(0, -1)) {
      const next = at[part];
      const node: Tree = typeof next === 'object' ? next : Object.create(null);
      at[part] = node;
      at = node;
    }
    at[parts.at(-1)!] = value;
  }
  return fold(root) as Record<string, unknown>;
}

function fold(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const keys = Object.keys(tree);
  const list = keys.length === 1 && (tree.member ?? tree.entry);
  if (list && typeof list === 'object') {
    const values = Object.entries(list).sort(([a], [b]) => Number(a) - Number(b));
    return values.map(([, value]) => fold(value));
  }
  return Object.fromEntries(keys.map((key) => [key, fold(tree[key]!)]));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (found) => ESCAPES[found]!);

/** A list whose elements have a name of their own. */
export class Elements {
  constructor(
    readonly name: string,
    readonly values: readonly unknown[],
  ) {}
}

/** An element and what is in it; a list's elements are `<item>`, or with null repeat the name. */
export function xml(name: string, value: unknown, item: string | null = 'member'): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) {
    if (item === null) return value.map((element) => xml(name, element, item)).join('');
    return `<${name}>${value.map((element) => xml(item, element, item)).join('')}</${name}>`;
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (value instanceof Elements) return `<${name}>${xml(value.name, value.values, null)}</${name}>`;
  if (typeof value !== 'object') return `<${name}>${escaped(String(value))}</${name}>`;
  const inner = Object.entries(value).map(([key, member]) => xml(key, member, item));
  return `<${name}>${inner.join('')}</${name}>`;
}

/** JSON with timestamps as the AWS JSON protocols have them: seconds. */
export function json(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, member) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : member;
  });
}

type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'ec2' | 'rest-xml' | 'rest-json' | 'kubernetes';

const CONTENT_TYPES: Readonly<Record<Protocol, string>> = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  'rest-json': 'application/json',
  kubernetes: 'application/json',
  'rest-xml': 'application/xml',
  query: 'text/xml',
  ec2: 'text/xml',
};

const answer = (protocol: Protocol, status: number, body: string): HttpAnswer => ({
  status,
  headers: { 'content-type': CONTENT_TYPES[protocol] },
  body,
});

/** A service's answer in its protocol. */
export function writeAnswer(
  protocol: 'json-1.0' | 'json-1.1' | 'query' | 'ec2',
  operation: string,
  members: Record<string, unknown>,
  requestId: string,
): HttpAnswer {
  if (protocol === 'ec2') {
    return answer(protocol, 200, xml(`${operation}Response`, { requestId, ...members }, 'item'));
  }
  if (protocol !== 'query') return answer(protocol, 200, json(members));
  const result = xml(`${operation}Result`, members);
  const metadata = xml('ResponseMetadata', { RequestId: requestId });
  return answer(protocol, 200, `<${operation}Response>${result}${metadata}</${operation}Response>`);
}

/** An error in the protocol, and in the name the service has for a refusal. */
export function writeError(
  protocol: Protocol,
  service: string,
  error: ServiceError,
  requestId: string,
): HttpAnswer {
  const { message, fields } = error;
  if (protocol === 'kubernetes') {
    // Faults come in AWS's names.
    const throttled = error.code.startsWith('Throttling') && 429;
    const code = throttled || (error.code.startsWith('AccessDenied') ? 403 : error.status);
    const status = { kind: 'Status', status: 'Failure', message, reason: error.code, code };
    return answer(protocol, code, JSON.stringify(status));
  }
  if (protocol.includes('json')) {
    const body = json({ __type: error.code, message, ...fields });
    const written = answer(protocol, error.status, body);
    return { ...written, headers: { ...written.headers, 'x-amzn-errortype': error.code } };
  }
  const denied = error.code === 'AccessDeniedException';
  if (protocol === 'ec2') {
    const Code = denied ? 'UnauthorizedOperation' : error.code;
    const body = { Errors: { Error: { Code, Message: message } }, RequestID: requestId };
    return answer(protocol, denied ? 403 : error.status, xml('Response', body));
  }
  const Code = !denied ? error.code : service === 'sns' ? 'AuthorizationError' : 'AccessDenied';
  const status = denied ? 403 : error.status;
  if (protocol === 'rest-xml') {
    return answer(protocol, status, xml('Error', { Code, Message: message, ...fields }));
  }
  const Type = status < 500 ? 'Sender' : 'Receiver';
  const body = { Error: { Type, Code, Message: message, ...fields }, RequestId: requestId };
  return answer(protocol, status, xml('ErrorResponse', body));
}
