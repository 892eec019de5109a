import fc from 'fast-check';
import {
  EXTERNAL_FUNCTIONS,
  type ExternalFunction,
  functionOf,
} from '../../../lambdas/clickstream-udf/functions';
import { call, callBatch, type Row } from './call';
import { url, value } from './texts';

const udf = fc.constantFrom(...EXTERNAL_FUNCTIONS);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.json(),
  value,
  url,
);
const rowOf = (one: ExternalFunction): fc.Arbitrary<Row> =>
  fc.array(fc.option(anyText), { minLength: one.arguments, maxLength: one.arguments });
const batch = udf.chain((one) => fc.record({ udf: fc.constant(one), rows: fc.array(rowOf(one)) }));

it('trap 39: Lambda UDF throws on one bad URL or null: any text in, valid JSON of at most 65,535 bytes or NULL out, as many as rows', async () => {
  await fc.assert(
    fc.asyncProperty(batch, async ({ udf: { name }, rows }) => {
      const answer = await callBatch(name, rows);
      expect(answer).toMatchObject({ success: true, num_records: rows.length });
      expect(answer.results).toHaveLength(rows.length);
      for (const text of answer.results.filter((one) => one !== null)) {
        JSON.parse(text);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);
      }
    }),
    { numRuns: 1_000 },
  );
});

it('a row is answered alone as in a batch, and again as before', async () => {
  await fc.assert(
    fc.asyncProperty(batch, async ({ udf: { name }, rows }) => {
      const alone = await Promise.all(rows.map((row) => call(name, ...row)));
      expect((await callBatch(name, rows)).results).toEqual(alone);
      expect((await callBatch(name, [...rows].reverse())).results).toEqual([...alone].reverse());
    }),
    { numRuns: 200 },
  );
});

it('what JSON reads is read as it is: members keep their values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (members) => {
      const text = await call('rm_object_props', JSON.stringify(members), 'no such name');
      expect(JSON.parse(text!)).toEqual(JSON.parse(JSON.stringify(members)));
    }),
    { numRuns: 500 },
  );
});

it('integers of any length survive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), async (number) => {
      const text = await call(
        'transform_event_custom_props',
        `{"text":{"type":"number","value":"${number}"},"json":{"type":"number","value":${number}}}`,
      );
      expect(text).toBe(`{"text": ${number}, "json": ${number}}`);
    }),
  );
});

it('a float survives with every digit', async () => {
  const decimal = fc.tuple(fc.bigInt(), fc.stringMatching(/^[0-9]{1,40}$/));
  await fc.assert(
    fc.asyncProperty(decimal, async ([whole, fraction]) => {
      const text = await call('combine_json_list', `[{"a":${whole}.${fraction}}]`);
      expect(text).toBe(`{"a": ${whole}.${fraction}}`);
    }),
  );
});

it('no name of a JSON object is special', async () => {
  const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', '0'), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1 }), async (names) => {
      const text = JSON.stringify(names.map((one) => JSON.parse(`{${JSON.stringify(one)}:1}`)));
      const answer = JSON.parse((await call('combine_json_list', text))!) as object;
      expect(Object.keys(answer).sort()).toEqual([...names].sort());
    }),
  );
});

it.each(EXTERNAL_FUNCTIONS.map(({ name }) => name))(
  '%s keeps the order of 100,000 rows',
  async (name) => {
    const rowFor: Partial<Record<typeof name, (at: number) => Row>> = {
      combine_json_list: (at) => [`[{"k":${at}}]`],
      convert_json_list: (at) => [`{"k":{"value":${at},"type":"int"}}`],
      parse_utm_from_url: () => [null, null, null],
      rm_object_props: (at) => [`{"k":${at}}`, 'x'],
      transform_event_custom_props: (at) => [`{"k":{"type":"number","value":"${at}"}}`],
      transform_user_custom_props: (at) => [`{"k":{"type":"number","value":"${at}"}}`],
    };
    // Every hundredth row has a value of its own; with 16 members each, more would not fit a response.
    const rows = Array.from({ length: 100_000 }, (_, at) =>
      at % 100 === 0 ? rowFor[name]!(at) : new Array<null>(functionOf(name).arguments).fill(null),
    );
    const limited = name === 'parse_utm_from_url' ? rows.slice(0, 10_000) : rows;
    const { results } = await callBatch(name, limited);
    expect(results).toHaveLength(limited.length);
    const some = await Promise.all(
      [0, 1, 100, 5_000, 5_001, 9_900].map(async (at) => [at, await call(name, ...limited[at]!)]),
    );
    expect(some.map(([at]) => [at, results[at as number]])).toEqual(some);
  },
);
