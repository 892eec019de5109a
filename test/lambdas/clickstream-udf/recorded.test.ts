// Pairs recorded from the original functions of version 1.1.6 under CPython 2.7.18. A line is
// {"fn", "args", "out", "error"}, one of the last two null. Everything must be equal but for the classes
// named here; how many lines each has is part of the test.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionName } from '../../../lambdas/clickstream-udf/functions';
import { call, type Row } from './call';
import { exact, hasInfinities, withoutInfinities } from './exact-json';
import { replacementOf } from './replacement';

interface Line {
  readonly fn: FunctionName;
  readonly args: Row;
  readonly out: string | null;
  readonly error: string | null;
}

interface Exception {
  readonly name: string;
  holds(line: Line): boolean;
  /** What the answer must be instead of `out`, as text. */
  expected(line: Line): Promise<string | null> | string | null;
}

const COCCOC = 'C\\\\u1ed1c C\\\\u1ed1c';
const EXCEPTIONS: readonly Exception[] = [
  { name: 'error', holds: ({ error }) => error !== null, expected: replacementOf },
  {
    name: 'elements that are no objects',
    holds: ({ fn, args }) => fn === 'combine_json_list' && !isListOfObjects(args[0]!),
    expected: () => null,
  },
  {
    name: 'names beyond ASCII',
    holds: ({ fn, args }) => fn === 'rm_object_props' && !isAscii(args[1]!) && isObject(args[0]!),
    expected: ({ out, args }) => without(withoutInfinities(out!), args[1]!.split(',')),
  },
  {
    name: 'several click ids',
    holds: ({ fn, args }) =>
      fn === 'parse_utm_from_url' && args.some((url) => clickIds(url).length > 1),
    expected: firstClickId,
  },
  {
    name: 'coccoc.com',
    holds: ({ out }) => out!.includes(`"utm_source": "${COCCOC}"`),
    expected: ({ args, out }) =>
      args.some((url) => url?.includes('coccoc.com'))
        ? out!.replace(`"utm_source": "${COCCOC}"`, '"utm_source": "C\\u1ed1c C\\u1ed1c"')
        : out!,
  },
  {
    name: 'NaN and infinities',
    holds: ({ out }) => hasInfinities(out!),
    expected: ({ out }) => withoutInfinities(out!),
  },
];

const file = join(__dirname, 'vectors', 'recorded.jsonl');

describe('the recorded pairs', () => {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

  it('are answered as the originals did, but for the named classes', async () => {
    const counts = new Map<string, number>();
    const different: unknown[] = [];
    for (const line of lines) {
      const exception = EXCEPTIONS.find((one) => one.holds(line));
      const name = exception?.name ?? 'equal';
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const expected = exception ? await exception.expected(line) : line.out;
      const answer = await call(line.fn, ...line.args);
      if (comparable(answer) !== comparable(expected)) {
        different.push({ ...line, class: name, expected, answer });
      }
    }
    expect(different).toEqual([]);
    expect(Object.fromEntries(counts)).toEqual({
      equal: 1_388,
      error: 216,
      'NaN and infinities': 25,
      'several click ids': 15,
      'elements that are no objects': 11,
      'coccoc.com': 4,
      'names beyond ASCII': 2,
    });
  });
});

/** One text for all texts of a value: members in the order of their names. */
function comparable(text: string | null): string {
  return text === null ? 'NULL' : JSON.stringify(sorted(exact(text)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, sorted(member)]);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function isObject(text: string): boolean {
  const value = exact(text);
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('#number' in value)
  );
}

function isListOfObjects(text: string): boolean {
  const value = exact(text);
  if (value === '' || (isObject(text) && Object.keys(value as object).length === 0)) return true;
  return (
    Array.isArray(value) &&
    value.every(
      (one) =>
        typeof one === 'object' && one !== null && !Array.isArray(one) && !('#number' in one),
    )
  );
}

function without(text: string, names: readonly string[]): string {
  const members = new Map(Object.entries(exact(text) as object));
  for (const name of names) members.delete(name);
  return JSON.stringify(Object.fromEntries(members)).replace(/\{"#number":"([^"]*)"\}/g, '$1');
}

/** Names that end in `clid`, in the URL's order; `%3D`, `%26` and `%5F` are the codes names hold. */
function clickIds(url: string | null): string[] {
  const query = (url ?? '').split('?')[1] ?? '';
  const decoded = query.replaceAll('%26', '&').replaceAll('%3D', '=').replaceAll('%5F', '_');
  const names = decoded.split('&').map((pair) => pair.split('=')[0]!);
  return [...new Set(names.filter((name) => name.endsWith('clid')))];
}

/** The answer for the same URLs with only their first click id, but with the page's own query. */
async function firstClickId({ args, out }: Line): Promise<string> {
  const single = args.map((url) => {
    const [first, ...later] = clickIds(url);
    return first === undefined || url === null
      ? url
      : later.reduce(
          (text, name) => text.replaceAll(new RegExp(`([?&])${name}(?==|&|$)`, 'g'), `$1_${name}_`),
          url,
        );
  });
  const {
    params: _,
    query: __,
    gclid: ___,
    ...rest
  } = object((await call('parse_utm_from_url', ...single))!);
  const { params, query, gclid } = object(out!);
  return JSON.stringify({ ...rest, params, query, gclid });
}

function object(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
