// What a call is about: the matrix names its places by it, and a fault can ask for it.

import { createHash } from 'node:crypto';

type Input = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, { S?: string; M?: Record<string, { S?: string }> }>>;

/** What a call is about, without what differs from turn to turn and from run to run; '' where nothing tells. */
export function subjectOf(
  { service, operation }: { readonly service?: string; readonly operation?: string },
  input: Input,
): string {
  if (service === 'clickhouse') return /^\/\* \S+ (\S+) \*\//.exec(String(input.Sql))?.[1] ?? '';
  if (typeof input.Sql === 'string') {
    const sql = input.Sql.replace(/\/\*.*?\*\/|--[^\n]*\n/gs, '').trim();
    return sql.slice(0, 60).replace(/\s+/g, ' ');
  }
  if (service === 'dynamodb') {
    const item = (input.Item ?? input.Key ?? {}) as Item;
    const keys = [item.pk, item.sk].map((key) => key?.S?.replace(/#.*/, ''));
    const words = [item.status, item.state, item.attempt?.M?.state].flatMap((one) => one?.S ?? []);
    return [keys.join('/'), ...words].join(' ');
  }
  // `start`, `poll`, `look` or `stop`, before the name of the unit.
  if (operation === 'SendCommand') return String(input.Comment ?? '').replace(/ .*/s, '');
  return operation === 'PutObject' ? String(input.path ?? '').replace(/^.*[./]/, '') : '';
}

/** A subject as a fault holds it: subjects are SQL and keys, which no `key=value` list could carry. */
export const aboutOf = (subject: string): string | undefined =>
  subject === '' ? undefined : createHash('sha256').update(subject).digest('hex').slice(0, 8);
