// What Redshift sends and gets. https://docs.aws.amazon.com/redshift/latest/dg/udf-creating-a-lambda-sql-udf.html

import { MOST_RESPONSE_BYTES } from '../../../lambdas/clickstream-udf/functions';
import { handler } from '../../../lambdas/clickstream-udf/index';
import { responseBytes } from '../../../lambdas/clickstream-udf/response-size';
import { answerTo, callBatch } from './call';

const REQUEST = {
  external_function: 'shop.rm_object_props',
  num_records: 1,
  arguments: [['{"a":1}', 'a']],
};

describe('a request that breaks the protocol is refused with a message', () => {
  it.each<[string, unknown, string]>([
    ['no event', undefined, 'the event must be an object, got nothing'],
    ['null', null, 'the event must be an object, got null'],
    ['a text', 'event', 'the event must be an object, got a value of type string'],
    ['a list', [REQUEST], 'the event must be an object, got a list'],
    [
      'no function',
      { ...REQUEST, external_function: undefined },
      'external_function must be a text, got nothing',
    ],
    [
      'an unknown function',
      { ...REQUEST, external_function: 'shop.f_upper' },
      'no function is called shop.f_upper',
    ],
    ['an empty function', { ...REQUEST, external_function: '' }, 'no function is called '],
    [
      'a name of an object’s own',
      { ...REQUEST, external_function: 'constructor' },
      'no function is called constructor',
    ],
    [
      'no arguments',
      { ...REQUEST, arguments: undefined },
      'arguments must be a list of rows, got nothing',
    ],
    [
      'arguments null',
      { ...REQUEST, arguments: null },
      'arguments must be a list of rows, got null',
    ],
    [
      'arguments that are a text',
      { ...REQUEST, arguments: 'ab' },
      'arguments must be a list of rows, got a value of type string',
    ],
    [
      'too many records',
      { ...REQUEST, num_records: 2 },
      'num_records is 2, but arguments holds 1 rows',
    ],
    [
      'too few records',
      { ...REQUEST, num_records: 0 },
      'num_records is 0, but arguments holds 1 rows',
    ],
    [
      'records as text',
      { ...REQUEST, num_records: '1' },
      'num_records is a value of type string, but arguments holds 1 rows',
    ],
    [
      'records null',
      { ...REQUEST, num_records: null },
      'num_records is null, but arguments holds 1 rows',
    ],
    [
      'too few arguments',
      { ...REQUEST, arguments: [['{}']] },
      'row 1 has 1 arguments, rm_object_props takes 2',
    ],
    [
      'too many arguments',
      {
        ...REQUEST,
        num_records: 2,
        arguments: [
          ['{}', 'a'],
          ['{}', 'a', 'b'],
        ],
      },
      'row 2 has 3 arguments, rm_object_props takes 2',
    ],
    [
      'no argument',
      { ...REQUEST, arguments: [[]] },
      'row 1 has 0 arguments, rm_object_props takes 2',
    ],
    [
      'a row that is a text',
      { ...REQUEST, arguments: ['{}'] },
      'row 1 must be a list of arguments, got a value of type string',
    ],
    [
      'a number',
      { ...REQUEST, arguments: [[5, 'a']] },
      'argument 1 of row 1 must be a text or null, got a value of type number',
    ],
    [
      'a boolean',
      { ...REQUEST, arguments: [['{}', true]] },
      'argument 2 of row 1 must be a text or null, got a value of type boolean',
    ],
    [
      'an object',
      { ...REQUEST, arguments: [['{}', {}]] },
      'argument 2 of row 1 must be a text or null, got a value of type object',
    ],
    [
      'a hole',
      { ...REQUEST, arguments: [['{}', undefined]] },
      'argument 2 of row 1 must be a text or null, got nothing',
    ],
  ])('%s', async (_, event, message) => {
    expect(await answerTo(event)).toEqual({ success: false, error_msg: message });
  });
});

it.each([
  'rm_object_props',
  'shop.rm_object_props',
  'SHOP.RM_OBJECT_PROPS',
  '"shop"."rm_object_props"',
  '"my.app"."Rm_Object_Props"',
])('%s names the function', async (external_function) => {
  expect(await answerTo({ ...REQUEST, external_function })).toEqual({
    success: true,
    num_records: 1,
    results: ['{}'],
  });
});

it('answers with a text, as the sample handler does', async () => {
  expect(await handler(REQUEST)).toBe('{"success":true,"num_records":1,"results":["{}"]}');
});

it('needs no num_records', async () => {
  expect((await answerTo({ ...REQUEST, num_records: undefined })).results).toEqual(['{}']);
});

it('answers no rows with no results', async () => {
  expect(await answerTo({ ...REQUEST, num_records: 0, arguments: [] })).toEqual({
    success: true,
    num_records: 0,
    results: [],
  });
});

it('takes a bare null for a row of NULLs', async () => {
  const { results } = await answerTo({
    ...REQUEST,
    num_records: 2,
    arguments: [null, ['{}', 'a']],
  });
  expect(results).toEqual([null, '{}']);
});

it('refuses to answer beyond what Lambda carries, and says what to change', async () => {
  const rows = Array.from({ length: 120 }, () => [`[{"a":"${'x'.repeat(60_000)}"}]`]);
  const { success, error_msg } = await callBatch('combine_json_list', rows);
  expect(success).toBe(false);
  expect(error_msg).toMatch(
    /^the answer for 120 rows takes 72\d{5} bytes, Lambda carries 6291556: create the function with a smaller MAX_BATCH_SIZE or MAX_BATCH_ROWS$/,
  );
});

it.each([
  ['just fits', 0, true],
  ['is one byte too long', 1, false],
])('counts bytes as Lambda does: an answer that %s', async (_, more, success) => {
  // The same rows but for the length of the last text.
  const answer = async (length: number) => {
    const texts = [...Array.from({ length: 100 }, () => 'é"x'.repeat(3_480)), 'x'.repeat(length)];
    const rows = texts.map((text) => [JSON.stringify([{ a: text }])]);
    return handler({ external_function: 'combine_json_list', num_records: 101, arguments: rows });
  };
  const some = await answer(1);
  const room = MOST_RESPONSE_BYTES - Buffer.byteLength(JSON.stringify(some));
  const full = await answer(1 + room + more);
  expect(JSON.parse(full)).toMatchObject({ success });
  expect(Buffer.byteLength(JSON.stringify(full))).toBeLessThanOrEqual(MOST_RESPONSE_BYTES);
});

it.each([
  ['JSON', `[{"a":"${'x'.repeat(60_000)}"}]`, true],
  ['no JSON', '['.repeat(60_000), true],
  ['quotes, which do not fit', `[{"a":"${'\\"'.repeat(30_000)}"}]`, false],
])('answers an event of six megabytes of %s', async (_, text, success) => {
  const rows = new Array<[string]>(100).fill([text]);
  expect(await callBatch('combine_json_list', rows)).toMatchObject({ success });
});

it('measures a response as Lambda writes it', () => {
  const answer = '{"results":["\\"é\\\\\\"😀"]}';
  expect(responseBytes(answer)).toBe(Buffer.byteLength(JSON.stringify(answer)));
});
