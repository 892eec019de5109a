// What tasks for ClickHouse share, without a server: rendering, logins, troubles, definitions.

import { judge } from '../../../lambdas/reconcile-aspects/verdict';
import { mentionsOf, RENAME_TABLE } from '../../../lambdas/shared/aspects/relations';
import { ttlDays } from '../../../lambdas/shared/aspects/server/boundary';
import { foundKind, targetOf } from '../../../lambdas/shared/aspects/server/catalogue';
import { loginFor } from '../../../lambdas/shared/clickhouse/login';
import { renderClickHouse } from '../../../lambdas/shared/clickhouse/statement';
import { codeOf, troubleOf } from '../../../lambdas/shared/clickhouse/trouble';

describe('statements', () => {
  it('quotes identifiers in backticks, binds parameters, and opens with its ids', () => {
    const text =
      '--! Purpose: x\nselect {{id:keys}} from {{id:db}}.t where a = :a and has(:b, c) and n > :n';
    const marks = { ids: { keys: ['k', 'l'], db: 'x' }, parameters: { a: "o'", b: ['1'], n: 5 } };
    expect(renderClickHouse(text, marks, ['run-1', 'file'])).toEqual({
      query:
        '/* run-1 file */\nselect `k`, `l` from `x`.t where a = {a:String} and has({b:Array(String)}, c) and n > {n:Int64}',
      parameters: { a: "o'", b: ['1'], n: 5 },
    });
  });

  it.each([
    ['an identifier with a backtick', '{{id:a}}', { ids: { a: 'x`; drop' } }],
    ['an empty list', '{{id:a}}', { ids: { a: [] } }],
    ['a value that is missing', 'select :a', {}],
    ['half a number', 'select :a', { parameters: { a: 1.5 } }],
    [
      'an id of a backup with a quote',
      '{{lit:a}}',
      { literals: { a: { kind: 'backup-id', value: "x'" } } },
    ],
    [
      'an endpoint with keys in it',
      '{{lit:a}}',
      { literals: { a: { kind: 's3-endpoint', value: 'https://u:p@b/x' } } },
    ],
  ] as const)('refuses %s', (_, text, marks) => {
    expect(() => renderClickHouse(text, marks, ['run-1'])).toThrow(
      expect.objectContaining({ name: 'SqlRenderError' }),
    );
  });

  it('refuses an id that would end the comment', () => {
    expect(() => renderClickHouse('select 1', {}, ['*/'])).toThrow(/not an id/);
  });
});

describe('logins', () => {
  const ref = { url: 'http://a:8123', secretArn: 'arn:s', caSecretArn: null };
  const secretOf = (value: unknown) => async () => JSON.stringify(value);

  it('are those of the secret, and so is its address', async () => {
    const secret = secretOf({ username: 'u', password: 'p', url: 'http://b:1' });
    expect(await loginFor(ref, secret)).toEqual({
      url: 'http://b:1',
      username: 'u',
      password: 'p',
    });
    expect((await loginFor(ref, secretOf({ username: 'u', password: 'p' }))).url).toBe(
      'http://a:8123',
    );
  });

  it('take an authority as text or as a member', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nx';
    for (const text of [pem, JSON.stringify({ certificateAuthority: pem })]) {
      const secret = async (arn: string) =>
        arn === 'arn:c' ? text : '{"username":"u","password":"p"}';
      expect((await loginFor({ ...ref, caSecretArn: 'arn:c' }, secret)).ca).toBe(pem);
    }
  });

  it.each([[undefined], ['no json'], ['{"username":"u"}']])(
    'refuse a secret with %s',
    async (text) => {
      await expect(loginFor(ref, async () => text)).rejects.toMatchObject({
        name: 'ClickHouseCredentialsError',
      });
    },
  );

  it('refuse an authority that is none', async () => {
    const secret = async (arn: string) =>
      arn === 'arn:c' ? '{}' : '{"username":"u","password":"p"}';
    await expect(loginFor({ ...ref, caSecretArn: 'arn:c' }, secret)).rejects.toThrow(/in PEM/);
  });
});

describe('troubles', () => {
  const named = (error: object) => troubleOf(error, 'sizes', 'http://h:8123', 'u').name;
  it.each([
    [{ code: '516', message: 'x' }, 'ClickHouseCredentialsError'],
    [{ code: '202', message: 'x' }, 'TryAgainError'],
    [{ code: '60', message: 'x' }, 'ClickHouseStatementError'],
    [{ message: 'Code: 359. DB::Exception: large' }, 'ClickHouseStatementError'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'x' }, 'ClickHouseTlsError'],
    [{ code: 'ECONNREFUSED', message: 'x' }, 'ClickHouseUnreachableError'],
    [{ code: 'ECONNRESET', message: 'x' }, 'TryAgainError'],
    [{ message: 'Timeout error.' }, 'TryAgainError'],
  ])('%j is a %s', (error, name) => expect(named(error)).toBe(name));

  it('finds the code behind an error of ours, and 0 where there is none', () => {
    expect(codeOf(new Error('x', { cause: { code: '60' } }))).toBe(60);
    expect(codeOf(new Error('x'))).toBe(0);
    expect(codeOf(undefined)).toBe(0);
  });

  it('keeps a stack trace out of the message', () => {
    const error = { code: '60', message: 'Unknown table. Stack trace: 0. secret' };
    expect(troubleOf(error, 'sizes', 'http://h:1', 'u').message).not.toContain('secret');
  });
});

describe('definitions', () => {
  it('tells kinds by engines', () => {
    const kinds = ['View', 'MaterializedView', 'Dictionary', 'ReplicatedReplacingMergeTree'];
    expect(kinds.map((engine) => foundKind({ engine }))).toEqual([
      'view',
      'materialized view',
      'dictionary',
      'table',
    ]);
  });

  it.each([
    ['CREATE MATERIALIZED VIEW a.b_mv TO a.b (`k` Int8) AS SELECT 1 TO_x FROM c', 'a', 'b'],
    ['CREATE MATERIALIZED VIEW `a`.`b_mv` TO `x y`.`b` AS WITH 1 AS k SELECT k', 'x y', 'b'],
  ])('reads where %s writes to', (definition, database, name) =>
    expect(targetOf({ definition })).toEqual({ database, name }),
  );

  it('finds no target where there is none', () => {
    const definition =
      'CREATE MATERIALIZED VIEW a.b ENGINE = MergeTree AS SELECT * FROM c WHERE x = 1';
    expect(targetOf({ definition })).toBeUndefined();
  });

  it.each([
    ['… TTL toDateTime(emission_time) + toIntervalYear(1) SETTINGS x = 1', 366],
    ['… TTL toDateTime(emission_time) + INTERVAL 90 DAY', 90],
    ['… TTL toDateTime(emission_time) + toIntervalMonth(6)', 186],
    ['… ORDER BY k', null],
  ])('%s keeps %p days', (definition, days) => expect(ttlDays(definition)).toBe(days));

  it('refuses a TTL it does not know', () => {
    expect(() => ttlDays('TTL addYears(t, 1)')).toThrow(/not understood/);
  });

  it('reads qualified names however they are quoted', () => {
    expect(
      mentionsOf('from `a`.`b` join "c"."d" on a.b_x = x where dictGet(\'e.f\', 1)').map(
        ({ database, name }) => `${database}.${name}`,
      ),
    ).toEqual(['a.b', 'c.d', 'a.b_x', 'e.f']);
  });
});

describe('verdicts', () => {
  const rowOf = (number: number) => RENAME_TABLE[number - 1]!;
  const figures = (old: bigint, now: bigint, expected: bigint, missing: bigint, more: bigint) => ({
    figures: { old, new: now, expected, missing, more },
  });
  it.each([
    ['A: the same', 18, figures(5n, 5n, 5n, 0n, 0n), true],
    ['A: one less', 18, figures(5n, 4n, 5n, 1n, 0n), false],
    ['A: one more', 18, figures(5n, 6n, 5n, 0n, 1n), false],
    ['B: expired', 5, figures(500n, 100n, 100n, 0n, 0n), true],
    ['B: 2 % missing', 5, figures(100n, 98n, 100n, 2n, 0n), true],
    ['B: 3 % missing', 5, figures(100n, 97n, 100n, 3n, 0n), false],
    ['B: 3 % more', 5, figures(100n, 103n, 100n, 0n, 3n), false],
    ['B: more where nothing is expected', 5, figures(9n, 1n, 0n, 0n, 1n), false],
    ['C: more', 8, figures(10n, 90n, 10n, 0n, 80n), true],
    ['C: nothing where something was', 8, figures(10n, 0n, 10n, 10n, 0n), false],
    ['C: nothing where all has expired', 8, figures(10n, 0n, 0n, 0n, 0n), true],
    ['Q: readable', 12, { readable: true as const }, true],
    ['a missing relation', 12, { problem: 'gone' }, false],
  ])('%s', (_, row, comparison, ok) => expect(judge(rowOf(row), comparison).ok).toBe(ok));
});
