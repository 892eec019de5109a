// What does not fit: into the column, into Python's recursion limit, into the machine's stack.

import { call } from './call';

const FITS = 65_535;

it('writes UTF-8 where ASCII would not fit into the column', async () => {
  const text = '你'.repeat(15_000);
  const short = '你'.repeat(100);
  expect(await call('combine_json_list', `[{"a":"${short}"}]`)).toBe(
    `{"a": "${'\\u4f60'.repeat(100)}"}`,
  );
  expect(await call('combine_json_list', `[{"a":"${text}"}]`)).toBe(`{"a": "${text}"}`);
});

it('keeps what UTF-8 cannot carry as an escape there', async () => {
  const text = '你'.repeat(15_000);
  expect(await call('combine_json_list', `[{"a":"${text}\\ud83d\u007f"}]`)).toBe(
    `{"a": "${text}\\ud83d\u007f"}`,
  );
});

it.each([
  ['ASCII', 'x', FITS - 9, `{"a": "${'x'.repeat(FITS - 9)}"}`],
  ['ASCII that is a byte too long', 'x', FITS - 8, null],
  ['UTF-8', '你', 21_842, `{"a": "${'你'.repeat(21_842)}"}`],
  ['UTF-8 that is too long', '你', 21_843, null],
])('fills the column: %s', async (_, character, count, expected) => {
  expect(await call('combine_json_list', `[{"a":"${character.repeat(count)}"}]`)).toBe(expected);
});

it('answers NULL for a URL whose parts fill the column more than once', async () => {
  const long = await call(
    'parse_utm_from_url',
    `a.com?utm_source=${'x'.repeat(25_000)}`,
    null,
    null,
  );
  expect(long).toBeNull();
});

it('answers a long URL that fits', async () => {
  const url = `https://a.com/?note=${'x'.repeat(30_000)}`;
  const answer = JSON.parse((await call('parse_utm_from_url', url, null, null))!) as object;
  expect(answer).toMatchObject({ params: { note: 'x'.repeat(30_000) } });
});

it.each([
  ['as deep as the original reads', 989, true],
  ['one level deeper', 990, false],
])('nested %s', async (_, levels, answered) => {
  const inner = levels - 2;
  const text = `[{"a":${'['.repeat(inner)}${']'.repeat(inner)}}]`;
  expect(await call('combine_json_list', text)).toBe(
    answered ? `{"a": ${'['.repeat(inner)}${']'.repeat(inner)}}` : null,
  );
});

it.each(['[', '{"a":', '[{"a":', '[[],'])(
  'a million times %s is no JSON, and no crash',
  async (open) => {
    const deep = open.repeat(1_000_000);
    for (const name of ['combine_json_list', 'transform_user_custom_props'] as const) {
      expect(await call(name, deep)).toBeNull();
    }
    expect(await call('rm_object_props', deep, 'a')).toBeNull();
  },
);

it.each([
  ['zeros', `${'0'.repeat(60_000)}x`],
  ['blanks', `1${' '.repeat(60_000)}1`],
  ['digits', `${'9'.repeat(60_000)}e`],
])('text that is almost a number of 60,000 %s takes no time', async (_, text) => {
  const began = process.cpuUsage();
  const answer = await call(
    'transform_event_custom_props',
    JSON.stringify({ k: { type: 'number', value: text } }),
  );
  expect(JSON.parse(answer!)).toEqual({ k: text });
  // Of the processor: other work on the machine does not count.
  expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
});

it('an integer of 60,000 digits keeps them', async () => {
  const digits = '7'.repeat(60_000);
  expect(
    await call('transform_event_custom_props', `{"k":{"type":"number","value":"${digits}"}}`),
  ).toBe(`{"k": ${digits}}`);
});

it('an exponent of any length is a number', async () => {
  const text = `{"k":{"type":"number","value":"1e${'9'.repeat(1_000)}"},"l":1e-${'9'.repeat(1_000)}}`;
  expect(await call('transform_event_custom_props', text)).toBe(
    `{"k": null, "l": 1e-${'9'.repeat(1_000)}}`,
  );
});
