// What a request says and what an answer looks like: https://clickhouse.com/docs/interfaces/http

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClickHouseRefusal, EngineAnswer, EngineStatement } from './engine';

/** A request that is understood. */
export interface Asked extends EngineStatement {
  readonly user: string;
  readonly password: string;
  readonly queryId: string;
}

/** Members of the query string that are no settings. */
const OWN = [
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'role',
  'enable_http_compression',
  'compress',
  'decompress',
  'quota_key',
  // A result is only ever sent when it is complete.
  'wait_end_of_query',
  'buffer_size',
];
const LARGEST_BODY = 256 * 1024 * 1024;

/** Thrown for a request the server would not understand. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads a whole request; a GET reads only, as the server has it. */
export async function askedOf(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const given = url.searchParams;
  // In the URL they would stand in every log between here and there.
  if (given.has('user') || given.has('password')) {
    throw new BadRequest(400, 516, 'credentials in the query string are refused here');
  }
  if (given.has('session_id')) throw new BadRequest(501, 48, 'sessions are not supported here');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new BadRequest(413, 62, 'the body is too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  const query = given.get('query') ?? '';
  const sql = query && body ? `${query}\n${body}` : query || body;
  const settings = [...given]
    .filter(([name]) => !OWN.includes(name))
    .sort(([a], [b]) => Number(a === 'readonly') - Number(b === 'readonly'));
  if (request.method !== 'POST' && !given.has('readonly')) settings.push(['readonly', '1']);
  return {
    sql,
    settings,
    ...credentialsOf(request),
    queryId: given.get('query_id') ?? '',
    database: given.get('database') ?? undefined,
    format:
      given.get('default_format') ??
      String(request.headers['x-clickhouse-format'] ?? 'TabSeparated'),
  };
}

function credentialsOf({ headers }: IncomingMessage): Pick<Asked, 'user' | 'password'> {
  const user = headers['x-clickhouse-user'];
  const { authorization = '' } = headers;
  if (user !== undefined && authorization) {
    throw new BadRequest(
      403,
      516,
      'Invalid authentication: it is not allowed to use X-ClickHouse HTTP headers and other authentication methods simultaneously',
    );
  }
  if (user !== undefined) {
    return { user: String(user), password: String(headers['x-clickhouse-key'] ?? '') };
  }
  const [, basic] = /^Basic (.+)$/i.exec(authorization) ?? [];
  const text = Buffer.from(basic ?? '', 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 0) return { user: 'default', password: '' };
  return { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** Status of an error's code, as the server maps them. */
function statusOf(code: number): number {
  if ([192, 193, 497, 516].includes(code)) return 403;
  if ([60, 81, 46, 47, 50, 218].includes(code)) return 404;
  if ([6, 26, 27, 41, 53, 62, 72, 115, 130, 164, 395, 456].includes(code)) return 400;
  return code === 48 ? 501 : 500;
}

const VERSION_TAIL = ' (version 26.7.2.1 (official build))';

/** Answers with an error in the server's words. */
export function refuse(
  response: ServerResponse,
  { code, message }: Pick<ClickHouseRefusal, 'code' | 'message'>,
  queryId: string,
  status = statusOf(code),
): void {
  const text = message.startsWith('Code:') ? message : `Code: ${code}. DB::Exception: ${message}`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
    ...(queryId && { 'X-ClickHouse-Query-Id': queryId }),
  });
  response.end(`${text.trimEnd()}${VERSION_TAIL}\n`);
}

/** Answers with a result, all of it at once: no error comes late in a body that began well. */
export function answerWith(response: ServerResponse, answer: EngineAnswer, asked: Asked): void {
  const format = /\bformat\s+(\w+)\s*;?\s*$/i.exec(asked.sql)?.[1] ?? asked.format!;
  response.writeHead(200, {
    'Content-Type': format.startsWith('JSON')
      ? 'application/json; charset=UTF-8'
      : 'text/tab-separated-values; charset=UTF-8',
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Server-Display-Name': 'rehearsal',
    ...(asked.queryId && { 'X-ClickHouse-Query-Id': asked.queryId }),
    'X-ClickHouse-Summary': JSON.stringify({
      read_rows: String(answer.rows),
      read_bytes: String(answer.bytes),
      written_rows: '0',
      written_bytes: '0',
      total_rows_to_read: '0',
      result_rows: '0',
      result_bytes: '0',
      elapsed_ns: String(Math.round(answer.seconds * 1e9)),
    }),
  });
  response.end(answer.text);
}
