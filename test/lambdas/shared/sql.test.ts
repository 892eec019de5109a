import * as fc from 'fast-check';
import {
  bodyOf,
  parametersOf,
  quoteIdentifier,
  quoteLiteral,
  renderStatement,
} from '../../../lambdas/shared/sql';

describe('identifiers', () => {
  it('are quoted, reserved words included', () => {
    expect(quoteIdentifier('order')).toBe('"order"');
  });

  it('refuses everything outside the whitelist', () => {
    fc.assert(
      fc.property(
        fc.string().filter((s) => !/^[a-zA-Z_][a-zA-Z0-9_$]{0,126}$/.test(s)),
        (name) => {
          expect(() => quoteIdentifier(name)).toThrow(/not an identifier/);
        },
      ),
    );
  });
});

describe('literals', () => {
  it.each([
    ['s3-uri', "s3://bucket/a'b"],
    ['s3-uri', 's3://bucket/a b'],
    ['arn', "arn:aws:iam::000000000000:role/x'; drop"],
    ['integer', '1; select'],
    ['utc-timestamp', '2024-01-01'],
    ['option', 'gzip'],
    ['region', 'us-east-1;'],
    ['s3-own-prefix', 's3://bucket/folder'],
    ['s3-own-prefix', "s3://bucket/it's/"],
  ] as const)('refuses a %s like %s', (kind, value) => {
    expect(() => quoteLiteral({ kind, value })).toThrow(/not a literal/);
  });

  it.each([
    ['s3-uri', 's3://bucket/run/part_', "'s3://bucket/run/part_'"],
    ['integer', -5, '-5'],
    ['option', 'GZIP', 'GZIP'],
    ['utc-timestamp', '2024-01-01 00:00:00', "'2024-01-01 00:00:00'"],
  ] as const)('quotes a %s', (kind, value, text) => {
    expect(quoteLiteral({ kind, value })).toBe(text);
  });
});

describe('rendering', () => {
  const text =
    "--! Purpose: x\n--! Parameters: :days\n\ncall {{id:schema}}.p(:days::integer, '::x');\n";

  it('puts identifiers in, leaves parameters to the service, and opens with the comment', () => {
    expect(
      renderStatement(text, { ids: { schema: 'shop' }, parameters: { days: 5 } }, [
        'run-1',
        'events',
        '1',
      ]),
    ).toEqual({
      sql: '/* run-1 events 1 */\ncall "shop".p(:days::integer, \'::x\')',
      parameters: [{ name: 'days', value: '5' }],
    });
  });

  it('finds parameters, not casts', () => {
    expect(parametersOf('select :a::timestamp, b::int, :c_1, :a')).toEqual(['a', 'c_1']);
  });

  it('drops comment lines and the last semicolon', () => {
    expect(bodyOf('--! x\nselect 1\n  -- why\nfrom t;\n')).toBe('select 1\nfrom t');
  });

  it.each([
    ['an identifier', { parameters: { days: 5 } }, /no value for {{id:schema}}/],
    ['a parameter', { ids: { schema: 'shop' } }, /no value for :days/],
  ])('refuses to render without %s', (_what, values, message) => {
    expect(() => renderStatement(text, values, ['r'])).toThrow(message);
  });

  it('refuses ids that could end the comment', () => {
    expect(() => renderStatement('select 1', {}, ['*/ drop table x'])).toThrow(/not an id/);
  });

  it('puts a list of identifiers in, and refuses an empty one', () => {
    const columns = (...names: string[]) =>
      renderStatement('copy t ({{id:columns}})', { ids: { columns: names } }, ['r']).sql;
    expect(columns('id', 'order')).toBe('/* r */\ncopy t ("id", "order")');
    expect(() => columns()).toThrow(/no name in the list/);
    expect(() => columns('a, b')).toThrow(/not an identifier/);
  });

  it('gives a statement a prefix of its own, from the ids that open it', () => {
    const literals = { to: { kind: 's3-own-prefix', value: 's3://lake/out/' } } as const;
    const { sql } = renderStatement('unload to {{lit:to}}', { literals }, ['run-1', 'save', '2']);
    expect(sql).toBe("/* run-1 save 2 */\nunload to 's3://lake/out/run-1/save/2/'");
  });

  describe('a query that UNLOAD carries', () => {
    const carry = (text: string, query: object = {}) =>
      renderStatement(
        'unload ({{lit:query}})',
        { query: { sql: { name: 'q', text }, ...query } },
        ['r'],
        text,
      ).sql;

    it('has its quotes and backslashes escaped, and its own marks put in', () => {
      const text = "--! Purpose: x\nselect '\\d' from {{id:t}} where a = {{lit:n}};";
      const literals = { n: { kind: 'integer', value: 5 } };
      expect(carry(text, { ids: { t: 'order' }, literals })).toBe(
        "/* r */\nunload ('select ''\\\\d'' from \"order\" where a = 5')",
      );
    });

    it('takes no parameters', () => {
      expect(() => carry('select :a', { parameters: { a: 1 } })).toThrow(/not parameters/);
    });
  });
});
