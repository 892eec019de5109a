// Exports as Aurora makes them, on a real MariaDB. Left out by name where there is none.

import type { ResultSetHeader } from 'mysql2';
import { BUCKET, exportTo, S3_RIGHTS, world } from './world';

describe('INTO OUTFILE S3', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  beforeAll(async () => {
    aws = await world();
  });
  afterAll(() => aws.cluster.stop());

  it('writes the text as MySQL does, the manifest last, and answers with the rows', async () => {
    const client = await aws.connect('exporter', 'one');
    await client.query("set time_zone = '+00:00'");
    const [{ affectedRows }] = await client.query<ResultSetHeader>(exportTo('a/x', 'manifest on'));
    expect(affectedRows).toBe(3);
    expect(aws.store.list(BUCKET, 'a/')).toEqual(['a/x.manifest', 'a/x.part_00000']);
    expect(aws.text('a/x.part_00000')).toBe(
      '1,1825.94,"plain","2020-11-01 08:30:00.500000"\n' +
        '2,\\N,"a \\"quote\\", a\\\nbreak and a \\\\","2020-11-01 09:30:00.000000"\n' +
        '3,0.1,\\N,\\N\n',
    );
    expect(JSON.parse(aws.text('a/x.manifest')!)).toEqual({
      entries: [{ url: `s3-us-east-1://${BUCKET}/a/x.part_00000` }],
    });
    await client.end();
  });

  it('writes times in the time zone of the session', async () => {
    const client = await aws.connect('exporter', 'one');
    await client.query("set time_zone = '-08:00'");
    await client.query(exportTo('zone'));
    expect(aws.text('zone.part_00000')).toContain('"2020-11-01 00:30:00.500000"');
    expect(aws.text('zone.manifest')).toBeUndefined();
    await client.end();
  });

  it('refuses a prefix that is in use, unless it may overwrite', async () => {
    const client = await aws.connect('exporter', 'one');
    aws.store.put(BUCKET, 'used/x.part_00001', 'old');
    await expect(client.query(exportTo('used/x'))).rejects.toMatchObject({ errno: 63985 });
    await client.query(exportTo('used/x', 'manifest on overwrite on'));
    // Only what has the same name is overwritten.
    expect(aws.text('used/x.part_00001')).toBe('old');
    expect(JSON.parse(aws.text('used/x.manifest')!).entries).toHaveLength(1);
    await client.end();
  });

  it('needs the role to be active, and Aurora has no right FILE to give', async () => {
    const sleeper = await aws.connect('sleeper', 'two');
    await expect(sleeper.query(exportTo('no'))).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('SELECT INTO S3'),
    });
    await sleeper.query('set role AWS_SELECT_S3_ACCESS');
    await sleeper.query(exportTo('yes'));
    await expect(sleeper.query("select 1 into outfile '/tmp/rehearsal-out'")).rejects.toMatchObject(
      { errno: 1227 },
    );
    await sleeper.end();
    expect(aws.store.list(BUCKET, 'no')).toEqual([]);
  });

  it('refuses a user without the role, a wrong password and an unknown URI', async () => {
    const reader = await aws.connect('reader', 'three');
    await expect(reader.query(exportTo('no'))).rejects.toMatchObject({ errno: 1227 });
    await expect(reader.query("select 1 into outfile s3 'https://x/y'")).rejects.toMatchObject({
      errno: 1064,
    });
    await reader.end();
    await expect(aws.connect('reader', 'wrong')).rejects.toMatchObject({ errno: 1045 });
  });

  it('an empty result is one empty part', async () => {
    const client = await aws.connect('exporter', 'one');
    const sql = exportTo('none', 'manifest on').replace('order by', 'where id > 9 order by');
    expect(await client.query(sql)).toMatchObject([{ affectedRows: 0 }, undefined]);
    expect(aws.text('none.part_00000')).toBe('');
    expect(JSON.parse(aws.text('none.manifest')!).entries).toHaveLength(1);
    await client.end();
  });

  it('a statement that fails at its end leaves its parts and no manifest', async () => {
    aws.faults.arm({ kind: 'error', sql: 'left/x', when: 'after', nth: 1 });
    const client = await aws.connect('exporter', 'one');
    await expect(client.query(exportTo('left/x', 'manifest on'))).rejects.toThrow('Fault');
    expect(aws.store.list(BUCKET, 'left/')).toEqual(['left/x.part_00000']);
    await client.end();
  });
});

describe('rights and parts', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  afterEach(() => aws.cluster.stop());

  it('parts end with a row, never in it', async () => {
    aws = await world({ partBytes: 100 });
    const client = await aws.connect('exporter', 'one');
    await client.query(exportTo('p', 'manifest on'));
    const parts = aws.store.list(BUCKET, 'p.part_').map((key) => aws.text(key)!);
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatch(/"2020-11-01 08:30:00.500000"\n$/);
    expect(parts.join('')).toMatch(/^1,.*\n3,0.1,\\N,\\N\n$/s);
    expect(JSON.parse(aws.text('p.manifest')!).entries).toHaveLength(2);
  });

  it.each([
    ['no role', { noRole: true }, 'aws_default_s3_role'],
    ['a role that may not list', { rights: S3_RIGHTS.slice(1) }, 's3:ListBucket'],
    ['a role that may not write', { rights: S3_RIGHTS.slice(0, 1) }, 's3:PutObject'],
  ])('refuses with %s of the cluster', async (_, options, said) => {
    aws = await world(options);
    const client = await aws.connect('exporter', 'one');
    await expect(client.query(exportTo('x'))).rejects.toMatchObject({
      errno: 63985,
      message: expect.stringContaining(said),
    });
    expect(aws.store.list(BUCKET)).toEqual([]);
  });
});
