import { EXTERNAL_FUNCTIONS } from '../../../../lambdas/clickstream-udf/functions';
import { editedSchemaList } from '../../../../lambdas/shared/clickstream/schema-list';

const python = (name: string, args = 's varchar(65535)') => `
CREATE OR REPLACE FUNCTION ${name}(${args}) RETURNS varchar(65535) STABLE
AS $$
    import json; # a semicolon that ends nothing
    return json.dumps(s)
$$ LANGUAGE plpythonu;
`;
const PROCEDURE = `CREATE OR REPLACE PROCEDURE shop.sp_scan_metadata(top_frequent_properties_limit NUMERIC)
AS $$
BEGIN
    SELECT 1; -- language plpythonu
END;
$$ LANGUAGE plpgsql;`;
const TABLE = 'CREATE TABLE IF NOT EXISTS shop.event_v2 (event_id varchar(36));';

/** The list as the solution has it, as far as functions go. */
const SOLUTION = [
  'CREATE SCHEMA IF NOT EXISTS shop',
  TABLE,
  `${python('shop.convert_json_list', 'json_in varchar(65535)')}\n${PROCEDURE}`,
  ...[
    'combine_json_list',
    'parse_utm_from_url',
    'rm_object_props',
    'transform_event_custom_props',
    'transform_user_custom_props',
  ].map((name) => python(`shop.${name}`)),
  PROCEDURE.replace('sp_scan_metadata', 'sp_migrate_event_to_v2'),
];

const only = (...texts: string[]) => editedSchemaList(texts);

it('trap 15: looking only for the five migration UDFs: takes out convert_json_list too, which stands in a file of its own and is the first to fail', () => {
  const { files, functions } = editedSchemaList(SOLUTION);
  expect(functions).toEqual(EXTERNAL_FUNCTIONS.map(({ name }) => name).sort());
  expect(files.map(({ index }) => index)).toEqual([0, 1, 2, 8]);
  expect(files[2]).toEqual({ index: 2, sql: PROCEDURE, edited: true });
});

it('trap 14: redriving a schema execution that failed on plpythonu: the edited list leaves nothing in the list that Redshift refuses to make', () => {
  const { files } = editedSchemaList(SOLUTION);
  const again = editedSchemaList(files.map(({ sql }) => sql));
  expect(again.functions).toEqual([]);
  expect(again.files.every(({ edited }) => !edited)).toBe(true);
});

it('keeps files without a Python function to the letter', () => {
  const odd = `  -- a remark; with a semicolon\n${TABLE}\n\n;;`;
  expect(only(odd, TABLE).files).toEqual([
    { index: 0, sql: odd, edited: false },
    { index: 1, sql: TABLE, edited: false },
  ]);
});

it.each([
  [
    'in capitals',
    'CREATE OR REPLACE FUNCTION S.F(a varchar) RETURNS varchar STABLE AS $$x$$ LANGUAGE PLPYTHONU;',
  ],
  [
    'in small letters',
    'create function s.f(a varchar) returns varchar stable as $$x$$ language plpythonu',
  ],
  [
    'with its language in quotes',
    "create function s.f(a varchar) returns varchar stable as 'x' language 'plpythonu';",
  ],
  [
    'with quoted names',
    'create function "s"."f" (a varchar) returns varchar stable as $$x$$ language plpythonu;',
  ],
  [
    'with its language in front',
    'create function s.f(a varchar) returns varchar language plpythonu stable as $$x$$;',
  ],
  [
    'with a tag at its dollars',
    'create function f(a varchar) returns varchar stable as $body$ a; $$ b; $body$ language plpythonu;',
  ],
  [
    'behind comments',
    '-- one; two\n/* three;\n four */ create /* five */ function s.f(a varchar) returns varchar stable as $$x$$ language plpythonu;',
  ],
  [
    'over several lines',
    'create\n or replace\n function\n s.f\n (a varchar)\nreturns varchar\nstable as $$x$$\nlanguage\n plpythonu;',
  ],
  [
    'for which the schema is a mark',
    'create function {{schema}}.f(a varchar) returns varchar stable as $$x$$ language plpythonu;',
  ],
  [
    'whose body holds a quote',
    'create function s.f(a varchar) returns varchar stable as $$ return "it\'s" $$ language plpythonu;',
  ],
])('drops a file with nothing but a function %s', (_, text) => {
  expect(only(TABLE, text)).toEqual({
    files: [{ index: 0, sql: TABLE, edited: false }],
    functions: ['f'],
  });
});

it.each([
  [
    'a procedure that mentions plpythonu in a string',
    "create procedure s.p() as $$ begin execute 'create function f() language plpythonu'; end; $$ language plpgsql;",
  ],
  ['a comment that does', '-- create function f(a varchar) language plpythonu;\nselect 1;'],
  [
    'a comment in a comment',
    '/* /* one */ create function f(a varchar) language plpythonu; */ select 1;',
  ],
  [
    'a string that does',
    "insert into t values ('create function f(a varchar) returns varchar as $$x$$ language plpythonu;');",
  ],
  [
    'a string with an escaped quote',
    "insert into t values ('it\\'s; create function f(a int) language plpythonu');",
  ],
  [
    'a function in SQL',
    'create function s.g(int) returns int stable as $$ select $1 $$ language sql;',
  ],
  [
    'a function called plpythonu',
    'create function s.plpythonu(int) returns int stable as $$ select $1 $$ language sql;',
  ],
  ['a grant on the language', 'grant usage on language plpythonu to someone;'],
  ['a table of functions', 'create table function_language (language varchar(16), plpythonu int);'],
])('keeps %s', (_, text) => {
  expect(only(text)).toEqual({ files: [{ index: 0, sql: text, edited: false }], functions: [] });
});

it('takes several functions out of one file, and leaves the rest in its order', () => {
  const text = `${TABLE}\n${python('shop.a')}grant select on shop.event_v2 to someone;\n${python('shop.b')}${PROCEDURE}`;
  const { files, functions } = only(text);
  expect(functions).toEqual(['a', 'b']);
  const rest = files[0]!.sql;
  expect(rest).not.toMatch(/import json/);
  expect(rest.indexOf('CREATE TABLE')).toBeLessThan(rest.indexOf('grant select'));
  expect(rest.indexOf('grant select')).toBeLessThan(rest.indexOf('CREATE OR REPLACE PROCEDURE'));
});

it('takes out the drop of a function it takes out, which would now drop the external one', () => {
  const drop = 'DROP FUNCTION IF EXISTS shop.combine_json_list(varchar);';
  const other = 'drop function shop.other(varchar);';
  const { files } = only(`${drop}\n${python('shop.combine_json_list')}`, other);
  expect(files).toEqual([{ index: 1, sql: other, edited: false }]);
});

it('drops a file that has only remarks left', () => {
  expect(only(`-- made by hand\n${python('shop.a')}-- the end`).files).toEqual([]);
});
