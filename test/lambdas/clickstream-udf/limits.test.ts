// A batch within MAX_BATCH_ROWS and MAX_BATCH_SIZE never has an answer Lambda would not carry, whoever
// wrote the texts: each row keeps to its share, and the shares of a full batch fit.

import fc from 'fast-check';
import {
  EXTERNAL_FUNCTIONS,
  type ExternalFunction,
  type FunctionName,
  MOST_RESPONSE_BYTES,
} from '../../../lambdas/clickstream-udf/functions';
import { rowBytes } from '../../../lambdas/clickstream-udf/response-size';
import { call, callBatch, type Row } from './call';
import { url, value } from './texts';

const bytesOf = (row: Row) => row.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
const shareOf = (udf: ExternalFunction, row: Row) =>
  udf.responseBytesPerRow + udf.responseBytesPerByte * bytesOf(row);
const members = (count: number, member: string) =>
  Array.from({ length: count }, (_, at) => `"${at.toString(36)}":${member}`).join(',');

/** Rows that grow as much as anything found; `size` is how long they are, roughly, in bytes. */
const WORST: Record<FunctionName, readonly ((size: number) => Row)[]> = {
  combine_json_list: [
    (size) => [`[{"":"${'\u007f'.repeat(size)}"}]`],
    (size) => [`[{"\u007f":"${'"",'.repeat(size / 3)}"}]`],
    (size) => [`[{"":[${'"",'.repeat(size / 3)}""]}]`],
    (size) => [`[{"":"${'\\"'.repeat(size / 2)}"}]`],
    (size) => [`[{${members(size / 6, '0')}}]`],
  ],
  convert_json_list: [
    (size) => [`{${members(size / 20, '{"value":1}')}}`],
    (size) => [`{${members(size / 120, `{"value":"${'\u007f'.repeat(100)}"}`)}}`],
    (size) => [`{"":{"value":1,"type":"${'\u007f'.repeat(size)}"}}`],
    (size) => [`{${members(size / 90, `{"value":[${'"",'.repeat(20)}""]}`)}}`],
    (size) => [`{${members(size / 60, `{"value":["${'\u007f'.repeat(30)}"]}`)}}`],
  ],
  parse_utm_from_url: [
    () => [null, null, null],
    (size) => [`?gclid=${'é'.repeat(size / 2)}`, null, null],
    (size) => [`?gclid=${'x'.repeat(size)}`, null, null],
    (size) => [
      `?${members(size / 4, '')
        .replaceAll(/[":]/g, '')
        .replaceAll(',', '&')}`,
      null,
      null,
    ],
    (size) => [`?${'é'.repeat(size / 2)}clid&utm_source=u`, null, null],
  ],
  rm_object_props: [
    (size) => [`{"":"${'\u007f'.repeat(size)}"}`, 'a'],
    (size) => [`"${'\u007f'.repeat(size)}"`, 'a'],
    (size) => [`[${'"",'.repeat(size / 3)}""]`, 'a'],
  ],
  transform_event_custom_props: [
    (size) => [`{${members(size / 36, '{"value":1e308,"type":"number"}')}}`],
    (size) => [`{"":"${'\u007f'.repeat(size)}"}`],
    (size) => [`{${members(size / 6, '0')}}`],
  ],
  transform_user_custom_props: [
    (size) => [`{${members(size / 7, '1')}}`],
    (size) => [`{${members(size / 7, '{}')}}`],
    (size) => [`{${members(size / 36, '{"value":1e308,"type":"number"}')}}`],
    (size) => [`{"":"${'\u007f'.repeat(size)}"}`],
  ],
};
const PATHOLOGICAL: readonly ((size: number) => Row)[] = ['"', '\\', '\u007f', '\u0001', '%5C'].map(
  (character) => (size: number) => [
    `?gclid=${character.repeat(size / character.length)}`,
    null,
    null,
  ],
);

describe.each(EXTERNAL_FUNCTIONS.map((udf) => [udf.name, udf] as const))('%s', (name, udf) => {
  it('has shares that fill a response at the most', () => {
    const most =
      udf.maxBatchRows * udf.responseBytesPerRow +
      udf.maxBatchKb * 1_024 * udf.responseBytesPerByte;
    expect(most).toBeLessThanOrEqual(MOST_RESPONSE_BYTES - 100);
    expect(most).toBeGreaterThan(0.8 * MOST_RESPONSE_BYTES);
  });

  it('keeps to its share in the worst rows', async () => {
    const sizes = [0, 1, 2, 3, 5, 8, 13, 30, 60, 100, 300, 1_000, 5_000, 20_000];
    const rows = [...WORST[name], ...PATHOLOGICAL.slice(0, name === 'parse_utm_from_url' ? 9 : 0)]
      .flatMap((make) => sizes.map(make))
      .filter((row) => bytesOf(row) < 65_535);
    const { results } = await callBatch(name, rows);
    const over = rows.filter((row, at) => rowBytes(results[at] ?? 'null') > shareOf(udf, row));
    expect(over).toEqual([]);
  });

  it('keeps to its share in any row', async () => {
    const row = fc.array(fc.option(fc.oneof(url, value)), {
      minLength: udf.arguments,
      maxLength: udf.arguments,
    });
    await fc.assert(
      fc.asyncProperty(row, async (one) => {
        const bytes = rowBytes((await call(name, ...one)) ?? 'null');
        expect(bytes).toBeLessThanOrEqual(shareOf(udf, one));
      }),
      { numRuns: 300 },
    );
  });

  it.each([60, 5_000])('answers the largest batch of its worst rows of %d bytes', async (size) => {
    const makers = name === 'parse_utm_from_url' ? [...WORST[name], ...PATHOLOGICAL] : WORST[name];
    for (const make of makers) {
      const row = make(size);
      const fitting = Math.floor((udf.maxBatchKb * 1_024) / Math.max(1, bytesOf(row)));
      const rows = new Array<Row>(Math.min(udf.maxBatchRows, fitting)).fill(row);
      expect(await callBatch(name, rows)).toMatchObject({
        success: true,
        num_records: rows.length,
      });
    }
  });
});

it('no URL without quotes, backslashes and control characters is refused for its share', async () => {
  const character = fc.oneof(
    fc.constantFrom('&', '=', 'a', 'b', '&', '?', '%26', '%3D', 'gclid=', 'clid', 'utm_source='),
    fc.constantFrom('é', '你', '😀', ' ', 'utm_medium=', 'fbclid=', '/', 'xclid&', '%20'),
    fc.string({ unit: fc.constantFrom(..."!#$'()*+,-.;:<>@[]^_`{|}~xyz0189"), maxLength: 3 }),
  );
  const text = fc.array(character, { maxLength: 200 }).map((all) => `?${all.join('')}`);
  await fc.assert(
    fc.asyncProperty(text, fc.option(text), fc.option(text), async (page, referrer, latest) => {
      expect(await call('parse_utm_from_url', page, referrer, latest)).not.toBeNull();
    }),
    { numRuns: 1_000 },
  );
});

it('a click id of nothing but quotes is NULL when it is long, and answered when it is not', async () => {
  const answer = (quotes: number) =>
    call('parse_utm_from_url', `a.com?gclid=${'"'.repeat(quotes)}`, null, null);
  expect(JSON.parse((await answer(4))!)).toMatchObject({ gclid: '""""' });
  expect(await answer(1_000)).toBeNull();
});
