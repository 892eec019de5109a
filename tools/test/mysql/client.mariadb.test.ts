// The tasks' way to MySQL, through the rehearsal's door to a real MariaDB.

import { loginFor, type MySqlLogin, openMySql, rowsOf } from '../../../lambdas/shared/mysql';
import { VirtualClock } from '../../rehearsal/clock';
import { newProcess } from '../../rehearsal/iam/callers';
import { selfSigned } from '../../rehearsal/services/kubernetes';
import { bundle, type House, house } from '../cloud/house';
import { BUCKET, exportTo, world } from './world';

describe('a connection', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  let login: MySqlLogin;
  const tls = selfSigned('rehearsed database');
  beforeAll(async () => {
    aws = await world({ tls });
    const { host, port } = aws.cluster;
    const certificateAuthority = tls.cert;
    login = { host, port, user: 'exporter', password: 'one', token: false, certificateAuthority };
  });
  afterAll(() => aws.cluster.stop());

  it('is in UTC and keeps large numbers, decimals and times as text', async () => {
    const connection = await openMySql(login);
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
    ['a wrong password', { password: 'two' }, 'MySqlCredentialsError'],
    ['nobody there', { port: 1 }, 'MySqlUnreachableError'],
    ['a name nobody knows', { host: 'nowhere.invalid' }, 'MySqlUnreachableError'],
    ['a certificate not of RDS', { certificateAuthority: undefined }, 'MySqlTlsError'],
    ['a certificate for another name', { host: 'localhost' }, 'MySqlTlsError'],
  ])('says what is wrong: %s', async (_, wrong, name) => {
    await expect(openMySql({ ...login, ...wrong })).rejects.toMatchObject({ name });
  });

  it('is made every time', async () => {
    for (let times = 0; times < 20; times++) {
      const connection = await openMySql(login);
      expect(await rowsOf(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
      await connection.end();
    }
  });

  it('is not made in clear', async () => {
    const clear = await world();
    const { port } = clear.cluster;
    await expect(openMySql({ ...login, port })).rejects.toMatchObject({ name: 'MySqlTlsError' });
    await clear.cluster.stop();
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
    [
      '{"username":"u","password":"p","host":"other","port":"3307","certificateAuthority":"PEM"}',
      { host: 'other', port: 3307, certificateAuthority: 'PEM' },
    ],
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

describe('a connection by IAM', () => {
  const tls = selfSigned('rehearsed database');
  const arn = 'arn:aws:rds-db:us-east-1:000000000000:dbuser:cluster-ABC/';
  const role = 'arn:aws:iam::000000000000:role/copy';
  let aws: Awaited<ReturnType<typeof world>>;
  beforeAll(async () => {
    aws = await world({ tls, tokens: { users: ['signer'], arn } });
    const Resource = `${arn}signer`;
    const Statement = [{ Effect: 'Allow', Action: 'rds-db:connect', Resource }];
    aws.iam.attach(role, { Statement } as never);
  });
  afterAll(() => aws.cluster.stop());

  /** A login as the role with a token for a user. */
  async function login(user: string, arnOfRole = role) {
    const principal = { kind: 'role', arn: arnOfRole, account: '000000000000' } as const;
    const { credentials } = aws.callers.mint(principal, newProcess());
    const { host, port } = aws.cluster;
    const made = await loginFor(
      {
        secret: async () => undefined,
        credentials: async () => credentials,
        now: () => aws.clock.now(),
      },
      { host, port, secretArn: null, user, region: 'us-east-1' },
    );
    return { ...made, certificateAuthority: tls.cert };
  }

  it('lets a role in that may connect as the user', async () => {
    const connection = await openMySql(await login('signer'));
    const sql = 'select current_user() as user, count(*) as items from shop.item';
    expect(await rowsOf(connection, sql)).toEqual([{ user: 'signer@%', items: '3' }]);
    await connection.end();
  });

  it.each([
    ['a role without the right', 'signer', `${role}-other`, 0],
    ['a token that is old', 'signer', role, 901_000],
  ])('refuses %s', async (_, user, who, wait) => {
    const made = await login(user, who);
    await aws.clock.sleep(wait);
    await expect(openMySql(made)).rejects.toMatchObject({ name: 'MySqlCredentialsError' });
  });
});

describe('a task with a connection', () => {
  const made = bundle(`
    import { openMySql } from '../../../lambdas/shared/mysql';
    export const handler = async ({ login, sql }) => {
      const start = Date.now();
      const connection = await openMySql(login);
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
    const certificateAuthority = tls.cert;
    const login = {
      host,
      port,
      user: 'exporter',
      password: 'one',
      token: false,
      certificateAuthority,
    };
    return { login, sql: exportTo('t', 'manifest on') };
  };

  it('waits in virtual time for a long statement, and is known by its name', async () => {
    aws.faults.arm({ kind: 'delay', task: 'Task', sql: 'outfile', seconds: 600, nth: 1 });
    const answer = (await place.invoke(payload())) as Record<string, number>;
    expect(answer.affectedRows).toBe(3);
    expect(answer.seconds).toBeGreaterThanOrEqual(600);
    expect(answer.seconds).toBeLessThan(640);
    expect(aws.calls).toContainEqual(
      expect.objectContaining({ task: 'Task', service: 'mysql', operation: 'SelectIntoS3' }),
    );
  });

  it('that is killed leaves its statement behind, which ends well', async () => {
    aws.faults.arm({ kind: 'kill', when: 'after', operation: 'SelectIntoS3', nth: 1 });
    await expect(place.invoke(payload())).rejects.toThrow('killed');
    expect(aws.store.list(BUCKET)).toEqual(['t.manifest', 't.part_00000']);
  });
});
