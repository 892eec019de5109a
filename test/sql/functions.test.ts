// The statements that prove a function hold what the Lambda function of this release answers.

import { EXTERNAL_FUNCTIONS } from '../../lambdas/clickstream-udf/functions';
import { handler } from '../../lambdas/clickstream-udf/index';
import { sameJson } from '../../lambdas/shared/functions/same-json';
import { bodyOf, renderStatement } from '../../lambdas/shared/sql';
import { sqlText } from '../../lambdas/shared/sql-files';

type Value = string | null;
interface Case {
  readonly name: string;
  readonly expected: Value;
  readonly args: Value[];
}

/** Value of one expression in these files: literals, chr, repeat, `||`, and a NULL. */
function evaluate(expression: string): Value {
  const text = expression.replace(/ as \w+$/, '').trim();
  if (text === 'cast(null as varchar(65535))') return null;
  return text
    .split(' || ')
    .map((part) => {
      const [, code] = /^chr\((\d+)\)$/.exec(part) ?? [];
      const [, repeated, times] = /^repeat\('(.*)', (\d+)\)$/.exec(part) ?? [];
      const literal = part.slice(1, -1).replaceAll("''", "'");
      return code
        ? String.fromCharCode(Number(code))
        : repeated
          ? repeated.repeat(Number(times))
          : literal;
    })
    .join('');
}

function casesOf(file: string): Case[] {
  const [, rows] = /^from \(\n([\s\S]*)\n\) cases$/m.exec(bodyOf(sqlText({ file })))!;
  return rows!.split(/\n {2}union all\n/).map((row) => {
    const [name, expected, ...args] = row
      .replace(/^ {2}select /, '')
      .split(/,\n {9}/)
      .map(evaluate);
    return { name: name!, expected: expected!, args };
  });
}

describe.each(EXTERNAL_FUNCTIONS.map((one) => [one.name, one.arguments] as const))(
  '%s',
  (name, count) => {
    const file = name.replaceAll('_', '-');
    const probe = casesOf(`clickstream/probe-${file}`);
    const golden = casesOf(`clickstream/golden-${file}`);

    it('is asked about ordinary values, letters of any script, and nasty ones', () => {
      expect(probe.length).toBeGreaterThanOrEqual(3);
      expect(golden.length).toBeGreaterThanOrEqual(3);
      const inputs = [...probe, ...golden].flatMap(({ args }) => args);
      expect(inputs).toContain(null);
      expect(inputs.some((text) => /[^\x20-\x7e]/.test(text ?? ''))).toBe(true);
      expect([...probe, ...golden].every(({ args }) => args.length === count)).toBe(true);
    });

    it.each([...probe, ...golden])('answers as expected: $name', async ({ expected, args }) => {
      const event = { external_function: `shop.${name}`, num_records: 1, arguments: [args] };
      const answer = JSON.parse((await handler(event as never)) as unknown as string);
      expect(answer).toMatchObject({ success: true, num_records: 1 });
      expect({
        expected,
        actual: answer.results[0],
        same: sameJson(expected, answer.results[0]),
      }).toMatchObject({ same: true });
    });
  },
);

describe('answers are compared as JSON', () => {
  it.each([
    [
      'the order of keys does not matter',
      '{"a":1,"b":{"c":2,"d":3}}',
      '{"b": {"d": 3, "c": 2}, "a": 1}',
      true,
    ],
    ['the order of a list does', '[1,2]', '[2,1]', false],
    ['digits beyond 2^53 do', '12345678901234567890', '12345678901234567891', false],
    ['the text of a number does', '{"a":1.0}', '{"a":1}', false],
    ['digits in a string are no number', '{"a":"1"}', '{"a":1}', false],
    ['an escape is its letter', '{"a":"\\u00e9"}', '{"a":"é"}', true],
    ['__proto__ is a key', '{"__proto__":1}', '{}', false],
    ['a text that is no JSON equals itself', '{"a":', '{"a":', true],
    ['and nothing else', '{"a":', '{"a": ', false],
    ['NULL is not the word', null, 'null', false],
    ['NULL is NULL', null, null, true],
  ])('%s', (_, one, other, same) => {
    expect([sameJson(one, other), sameJson(other, one)]).toEqual([same, same]);
  });
});

describe('statements that change a function', () => {
  it.each(EXTERNAL_FUNCTIONS)(
    'create $name without names of arguments, in batches of its limits',
    (one) => {
      const literals = {
        lambda: { kind: 'function-name', value: 'answers' },
        role: { kind: 'arn', value: 'arn:aws:iam::000000000000:role/r' },
        max_rows: { kind: 'integer', value: one.maxBatchRows },
        max_kb: { kind: 'integer', value: one.maxBatchKb },
      } as const;
      const file = sqlText({ file: `clickstream/create-function-${one.arguments}` });
      const ids = { schema: 'Order', function: one.name };
      const { sql, parameters } = renderStatement(file, { ids, literals }, ['run']);
      const types = Array(one.arguments).fill('varchar(65535)').join(', ');
      expect(sql).toContain(`create external function "Order"."${one.name}"(${types})\nreturns`);
      expect(sql).toMatch(/stable\nlambda 'answers'\niam_role 'arn:.*'\nretry_timeout 300000\n/);
      expect(sql).toContain(
        `max_batch_rows ${one.maxBatchRows}\nmax_batch_size ${one.maxBatchKb} kb`,
      );
      expect(parameters).toEqual([]);
    },
  );

  it('name a user who follows from a role, and no other kind of text', () => {
    const file = sqlText({ file: 'clickstream/grant-function-1' });
    const grant = (user: string) =>
      renderStatement(file, { ids: { schema: 's', function: 'f' }, users: { user } }, ['run']).sql;
    expect(grant('IAMR:a.b+c=d,e@f-g')).toContain('to "IAMR:a.b+c=d,e@f-g"');
    for (const user of ['a"b', 'a b', "a'b", 'a;b', '', ':x']) {
      expect(() => grant(user)).toThrow(/not a user/);
    }
  });
});
