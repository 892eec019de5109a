// The tasks' way to MySQL, through the rehearsal's door to a real MariaDB.

import { loginFor, type MySqlLogin, openMySql, rowsOf } from '../../../lambdas/shared/mysql';
import { VirtualClock } from '../../rehearsal/clock';
import { hasMariaDb } from '../../rehearsal/mysql';
import { selfSigned } from '../../rehearsal/services/kubernetes';
import { bundle, type House, house } from '../cloud/house';
import { BUCKET, exportTo, world } from './world';

const withMariaDb = hasMariaDb() ? describe : describe.skip;

withMariaDb('a connection, needs MariaDB', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  let login: MySqlLogin;
  beforeAll(async () => {
    aws = await world();
    const { host, port } = aws.cluster;
    login = { host, port, user: 'exporter', password: 'one', token: false };
  });
  afterAll(() => aws.cluster.stop());

  it('is in UTC and keeps large numbers, decimals and times as text', async () => {
    const connection = await openMySql(login, 'off');
    const sql = `select @@time_zone as zone, 9007199254740993 as big, 1.10 as exact,
      timestamp '2020-11-01 08:30:00.5' as at, null as nothing`;
    expect(await rowsOf(connection, sql)).toEqual([
      {
        zone: '+00:00',
        big: '9007199254740993',
        exact: '1.10',
        at: '2020-11-01 08:30:00.5',
        nothing: null,
      },
    ]);
    await expect(connection.query('select 1; select 2')).rejects.toMatchObject({ errno: 1064 });
    await connection.end();
  });

  it.each([
    ['a wrong password', { password: 'two' }, 'off', 'MySqlCredentialsError'],
    ['nobody there', { port: 1 }, 'off', 'MySqlUnreachableError'],
    ['a name nobody knows', { host: 'nowhere.invalid' }, 'off', 'MySqlUnreachableError'],
    ['a server without TLS', {}, 'rds', 'MySqlTlsError'],
  ] as const)('says what is wrong: %s', async (_, wrong, tls, name) => {
    await expect(openMySql({ ...login, ...wrong }, tls)).rejects.toMatchObject({ name });
  });
});

withMariaDb('a connection over TLS, needs MariaDB', () => {
  it('is made every time, and refused when nobody vouches for the certificate', async () => {
    const tls = selfSigned('rehearsed database');
    const aws = await world({ tls });
    const { host, port } = aws.cluster;
    const login = { host, port, user: 'exporter', password: 'one', token: false };
    for (let times = 0; times < 20; times++) {
      const connection = await openMySql(login, { ca: tls.cert });
      expect(await rowsOf(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
      await connection.end();
    }
    await expect(openMySql(login, 'rds')).rejects.toMatchObject({ name: 'MySqlTlsError' });
    const wrong = openMySql({ ...login, password: 'x' }, { ca: tls.cert });
    await expect(wrong).rejects.toMatchObject({ name: 'MySqlCredentialsError' });
    await (await openMySql(login, 'off')).end();
    await aws.cluster.stop();
  });
});

describe('who a task is to MySQL', () => {
  const ref = { host: 'db.example', port: 3306, secretArn: 'arn', user: null, region: 'us-east-1' };
  const deps = {
    secret: async () => undefined as string | undefined,
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    now: () => Date.parse('2026-03-08T12:00:00Z'),
  };

  it.each([
    ['{"username":"u","password":"p"}', { host: 'db.example', port: 3306 }],
    ['{"username":"u","password":"p","host":"other","port":"3307"}', { host: 'other', port: 3307 }],
  ])('is what the secret says: %s', async (text, where) => {
    const login = await loginFor({ ...deps, secret: async () => text }, ref);
    expect(login).toEqual({ user: 'u', password: 'p', token: false, ...where });
  });

  it.each([undefined, 'plain', '{"username":"u"}', 'null'])('refuses secret %s', async (text) => {
    await expect(loginFor({ ...deps, secret: async () => text }, ref)).rejects.toMatchObject({
      name: 'MySqlCredentialsError',
    });
  });

  it('is else a token of IAM for one user, one host and a quarter of an hour', async () => {
    const login = await loginFor(deps, { ...ref, secretArn: null, user: 'rdw' });
    expect(login).toMatchObject({ user: 'rdw', token: true });
    const token = new URL(`https://${login.password}`);
    expect(token.host).toBe('db.example:3306');
    const query = Object.fromEntries(token.searchParams);
    expect(query).toMatchObject({
      Action: 'connect',
      DBUser: 'rdw',
      'X-Amz-Expires': '900',
      'X-Amz-Date': '20260308T120000Z',
      'X-Amz-Credential': 'AKID/20260308/us-east-1/rds-db/aws4_request',
    });
    expect(query['X-Amz-Signature']).toMatch(/^[0-9a-f]{64}$/);
  });
});

withMariaDb('a task with a connection, needs MariaDB', () => {
  const made = bundle(`
    import { openMySql } from '../../../lambdas/shared/mysql';
    export const handler = async ({ login, sql, ca }) => {
      const start = Date.now();
      const connection = await openMySql(login, ca ? { ca } : 'off');
      const [{ affectedRows }] = await connection.query(sql);
      // Open and at rest while time passes.
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await connection.end();
      return { affectedRows, seconds: (Date.now() - start) / 1000 };
    };`);
  const tls = selfSigned('rehearsed database');
  let place: House;
  let aws: Awaited<ReturnType<typeof world>>;
  beforeEach(async () => {
    const clock = new VirtualClock(Date.parse('2026-03-08T12:00:00Z'));
    place = await house(made.folder, { clock });
    aws = await world({ clock, callers: place.callers, tls });
  });
  afterEach(async () => {
    await place.stop();
    await aws.cluster.stop();
  });
  afterAll(() => made.remove());

  const payload = () => {
    const { host, port } = aws.cluster;
    const login = { host, port, user: 'exporter', password: 'one', token: false };
    return { login, sql: exportTo('t', 'manifest on') };
  };

  it.each([
    ['in clear', {}],
    ['in TLS', { ca: tls.cert }],
  ])(
    'waits in virtual time for a long statement, and is known by its name: %s',
    async (_, more) => {
      aws.faults.arm({ kind: 'delay', task: 'Task', sql: 'outfile', seconds: 600, nth: 1 });
      const answer = (await place.invoke({ ...payload(), ...more })) as Record<string, number>;
      expect(answer.affectedRows).toBe(3);
      expect(answer.seconds).toBeGreaterThanOrEqual(600);
      expect(answer.seconds).toBeLessThan(640);
      expect(aws.calls).toContainEqual(
        expect.objectContaining({ task: 'Task', service: 'mysql', operation: 'SelectIntoS3' }),
      );
    },
  );

  it('that is killed leaves its statement behind, which ends well', async () => {
    aws.faults.arm({ kind: 'kill', when: 'after', operation: 'SelectIntoS3', nth: 1 });
    await expect(place.invoke(payload())).rejects.toThrow('killed');
    expect(aws.store.list(BUCKET)).toEqual(['t.manifest', 't.part_00000']);
  });
});
