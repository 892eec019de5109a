import * as fc from 'fast-check';
import {
  MySqlRows,
  quoteMySqlIdentifier,
  quoteRow,
  renderMySql,
} from '../../../../lambdas/shared/mysql/statement';

const RUN = ['run-1', 'extract'];

describe('a statement for MySQL', () => {
  it('has its comment in front and every mark replaced', () => {
    const text = [
      '--! Purpose: a test, of :nothing',
      'select a::b from {{id:schema}}.exam',
      'where updated >= :start and id in (:ids) into outfile s3 {{lit:to}}',
      "and '00:00' = :high;",
    ].join('\n');
    const to = { kind: 's3-region-uri', value: 's3-us-gov-west-1://a-bucket/x/y_1' } as const;
    expect(
      renderMySql(
        text,
        {
          ids: { schema: 'warehouse_pa' },
          literals: { to },
          parameters: { start: "it's :high", high: 9007199254740993n, ids: [7, '8'] },
        },
        RUN,
      ),
    ).toBe(
      [
        '/* run-1 extract */',
        'select a::b from `warehouse_pa`.exam',
        "where updated >= 'it''s :high' and id in (7, '8') into outfile s3 's3-us-gov-west-1://a-bucket/x/y_1'",
        "and '00:00' = 9007199254740993",
      ].join('\n'),
    );
  });

  it('an empty list equals nothing', () => {
    expect(renderMySql('id in (:ids)', { parameters: { ids: [] } }, RUN)).toContain('in (null)');
  });

  it.each([
    ['a parameter', ':a', {}],
    ['an identifier', '{{id:a}}', {}],
    ['a literal', '{{lit:a}}', {}],
  ])('refuses %s without a value', (_, text, marks) => {
    expect(() => renderMySql(text, marks, RUN)).toThrow(`no value for ${text}`);
  });

  it.each(['a\\', 'a\nb', '\0', '\x7f'])('refuses the value %j', (value) => {
    expect(() => renderMySql(':a', { parameters: { a: value } }, RUN)).toThrow('backslash');
  });

  it.each([0.5, 2 ** 53, Number.NaN])('refuses the number %d', (value) => {
    expect(() => renderMySql(':a', { parameters: { a: value } }, RUN)).toThrow('whole number');
  });

  it.each([
    's3://bucket/key',
    's3-us-east-1://bucket',
    "s3-us-east-1://bucket/it's",
    's3-us-east-1://bucket/a b',
    's3-us-east-1://bucket/a\\',
  ])('refuses to write to %s', (value) => {
    const literals = { to: { kind: 's3-region-uri', value } } as const;
    expect(() => renderMySql('{{lit:to}}', { literals }, RUN)).toThrow('not a literal');
  });

  it('refuses a comment that could end early', () => {
    expect(() => renderMySql('do 0', {}, ['*/'])).toThrow('not an id for a comment');
  });

  it('refuses every identifier outside the whitelist', () => {
    const others = fc.string().filter((s) => !/^[a-zA-Z_][a-zA-Z0-9_$]{0,63}$/.test(s));
    fc.assert(
      fc.property(others, (name) => {
        expect(() => quoteMySqlIdentifier(name)).toThrow(/not an identifier/);
      }),
    );
  });

  it('a quoted text ends where it ends, whatever is in it', () => {
    const texts = fc.string().filter((s) => ![...s].some((c) => c < ' ' || '\\\x7f'.includes(c)));
    fc.assert(
      fc.property(texts, (a) => {
        const [, quoted] = renderMySql(':a', { parameters: { a } }, RUN).split('\n');
        expect(quoted).toMatch(/^'([^']|'')*'$/);
        expect(quoted!.slice(1, -1).replaceAll("''", "'")).toBe(a);
      }),
    );
  });

  describe('with parts that are repeated', () => {
    const TEXT =
      'select a /*each:columns*/ /*when:text,bytes*/ , hex({{id:column}}) /*when:integer*/ , {{id:column}} + {{id:key}} /*end*/ from t';
    const render = (...kinds: readonly string[]) =>
      renderMySql(
        TEXT,
        {
          ids: { key: 'k' },
          each: { columns: kinds.map((kind, i) => ({ kind, ids: { column: `c${i}` } })) },
        },
        RUN,
      )
        .split('\n')[1]!
        .replace(/ +/g, ' ');

    it('has one for each, in their order, each with the variant of its kind', () => {
      expect(render('integer', 'bytes', 'text')).toBe(
        'select a , `c0` + `k` , hex(`c1`) , hex(`c2`) from t',
      );
      expect(render()).toBe('select a from t');
    });

    it('refuses a kind without a variant, and parts nobody has named', () => {
      expect(() => render('double')).toThrow('no variant for double');
      expect(() => renderMySql(TEXT, {}, RUN)).toThrow('no value for');
    });
  });

  it('rows of other servers are written value by value', () => {
    const cells = ['number', 'text', 'bytes'] as const;
    const tuples = [
      quoteRow(cells, ['-1.5e-7', "it's \\ \n", '00FF']),
      quoteRow(cells, [null, null, null]),
    ];
    const parameters = { rows: new MySqlRows(tuples) };
    expect(renderMySql('values :rows', { parameters }, RUN).split('values ')[1]).toBe(
      `(-1.5e-7, 'it''s \\ \n', x'00FF'),\n(null, null, null)`,
    );
  });

  it.each([
    ['number', '1; drop'],
    ['number', ''],
    ['bytes', "00' or '"],
  ] as const)('refuses a %s that is none, without repeating it', (kind, value) => {
    expect(() => quoteRow([kind], [value])).toThrow(/^a value is not of kind \w+$/);
  });
});
