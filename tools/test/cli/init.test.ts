// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Spring has the same marks
// `runbooks init rdw` on an instance's files: root, service, two tenants and a sandbox, with passwords.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import { readTarget } from '../../../lib/platform/target-config';
import { main } from '../../cli/main';

const FILES = path.join(__dirname, 'rdw-config');
const CONFIG = [
  'application.yml',
  'rdw-reporting-migrate-olap.yml',
  'tenant-PA/application.yml',
  'tenant-TS/application.yml',
  'tenant-TS_S001/application.yml',
].map((file) => path.join(FILES, file));
const SECRET = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:rdw/warehouse-Ab12Cd';
const REST = [
  ['--source-secret-arn', SECRET],
  ['--eks-cluster', 'rdw-qa'],
  ['--eks-endpoint', 'https://abc.gr7.us-west-2.eks.amazonaws.com'],
  ['--eks-certificate-authority', 'QUJD'],
  ['--vpc-id', 'vpc-0a1b2c3d'],
  ['--subnet', 'subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
  ['--security-group', 'sg-0a1b2c3d'],
].flat();

let folder: string;
let out: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'init-'));
  out = path.join(folder, 'config/qa.json');
  said = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const init = (...args: string[]) => initWith(CONFIG, ...args);
const initWith = (files: readonly string[], ...args: string[]) =>
  main(['init', 'rdw', '--out', out, ...args, '--config', ...files]);
const yaml = (text: string, name = 'more.yml') => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const written = () => JSON.parse(readFileSync(out, 'utf8'));
const missing = () =>
  said
    .split('\n')
    .filter((line) => line.startsWith('  - '))
    .map((line) => line.slice(4));

describe('what the files and options say', () => {
  it('becomes a target that a stack can be made of', async () => {
    expect(await init(...REST)).toBe(0);
    expect(readTarget(path.dirname(out), 'qa')).toMatchObject({
      account: '123456789012',
      region: 'us-west-2',
    });
    expect(written().rdw).toEqual({
      tenants: [
        {
          id: 'PA',
          warehouseSchema: 'warehouse_pa',
          migrateSchema: 'migrate_olap_pa',
          reportingSchema: 'reporting_pa',
          pathPrefix: 'pa',
        },
        {
          id: 'TS',
          warehouseSchema: 'ts_warehouse',
          migrateSchema: 'ts_migrate_olap',
          reportingSchema: 'ts_reporting',
        },
        {
          id: 'TS_S001',
          warehouseSchema: 'warehouse_ts_s001',
          migrateSchema: 'migrate_olap_ts_s001',
          reportingSchema: 'reporting_ts_s001',
          bucket: 'rdw-qa-sandboxes',
          pathPrefix: 'all/ts_s001',
        },
      ],
      source: {
        host: 'rdw-qa-warehouse.cluster-c0ffee123456.us-west-2.rds.amazonaws.com',
        port: 3306,
        secretArn: SECRET,
      },
      warehouse: { type: 'provisioned', cluster: 'rdw-qa', database: 'opus' },
      copyRoleArn: 'arn:aws:iam::123456789012:role/rdw-redshift',
      bucket: 'rdw-qa-archive',
      location: 'MigrateAdHoc',
      kubernetes: {
        clusterName: 'rdw-qa',
        endpoint: 'https://abc.gr7.us-west-2.eks.amazonaws.com',
        certificateAuthority: 'QUJD',
      },
      vpc: {
        vpcId: 'vpc-0a1b2c3d',
        subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
        securityGroupIds: ['sg-0a1b2c3d'],
      },
    });
  });

  it('says what it left out, and what it could only guess', async () => {
    await init(...REST);
    expect(said).toContain('Wrote ');
    expect(said).toContain('3 tenants PA, TS, TS_S001');
    expect(said).toContain('application.yml: a document of a Spring profile is not read');
    expect(said).toContain(
      '(reporting_pa, ts_reporting, reporting_ts_s001) are those of reporting_rw',
    );
  });

  it('no password of the files gets into the target or the output, whatever fails', async () => {
    const passwords = CONFIG.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(
        /(?:password|key): *'?([^\s'},]*hunter[^\s'},]*|AKIA\w+)/g,
      ),
    ]).map((found) => found[1]!);
    expect(passwords.length).toBeGreaterThan(9);
    const broken = [
      'db:\n  password: "hunter-open\n  user: [x\n',
      'db:\n  password: *hunter-alias\n',
      'db:\n  password: hunter-a: b: c\n',
      'db:\n  password: hunter-1\n  password: hunter-2\n',
      'db: {password: {cipher}hunter}\n',
      'datasources.warehouse_rw.url-server: jdbc:mysql://root:hunter-url@host:3306\n',
      'datasources.olap_rw.url-server: hunter-url@host\narchive.uri-root: s3://AKIA:hunter@bucket\n',
      'archive.tenants.PA.pathPrefix: "hunter prefix"\nmigrate.aws.redshift.role: hunter-role\n',
      'datasources.warehouse_rw.tenants.PA.urlParts.database: hunter schema\n',
    ].map((text, i) => yaml(text, `${i}.yml`));
    await init(...REST);
    for (const file of broken) expect(await initWith([...CONFIG, file], '--force')).toBe(2);
    expect(await initWith([...CONFIG, yaml('{}')], '--force', ...REST)).toBe(0);
    const all = said + readFileSync(out, 'utf8');
    expect(passwords.filter((password) => all.includes(password))).toEqual([]);
    expect(said).not.toContain('hunter');
  });

  it('with --json prints one document', async () => {
    expect(await init('--json')).toBe(2);
    expect(JSON.parse(said)).toMatchObject({
      file: out,
      tenants: ['PA', 'TS', 'TS_S001'],
      missing: expect.arrayContaining([expect.stringContaining('rdw.vpc: is missing')]),
    });
  });

  it.each([
    [
      'another schema in Redshift',
      ['--reporting-schema', 'TS=reporting_ts'],
      'tenants.1.reportingSchema',
      'reporting_ts',
    ],
    [
      "a tenant's own user",
      ['--tenant-secret-arn', `PA=${SECRET}`],
      'tenants.0.sourceSecretArn',
      SECRET,
    ],
    ['another folder', ['--location', 'Fill'], 'location', 'Fill'],
    ['another cluster', ['--redshift-cluster', 'other'], 'warehouse.cluster', 'other'],
    ['the owner of the tables', ['--warehouse-user', 'root'], 'warehouse.dbUser', 'root'],
    [
      'a role',
      ['--warehouse-role-arn', 'arn:aws:iam::123456789012:role/x'],
      'warehouse.roleArn',
      'arn:aws:iam::123456789012:role/x',
    ],
    ['a secret', ['--warehouse-secret-arn', SECRET], 'warehouse.secretArn', SECRET],
    ['a namespace', ['--namespace', 'rdw'], 'kubernetes.namespace', 'rdw'],
    ['a secret of the cluster', ['--eks-secret-arn', SECRET], 'kubernetes.secretArn', SECRET],
    ['its region', ['--eks-region', 'us-east-2'], 'kubernetes.region', 'us-east-2'],
    [
      'the role it knows',
      ['--eks-role-arn', 'arn:aws:iam::123456789012:role/k'],
      'kubernetes.roleArn',
      'arn:aws:iam::123456789012:role/k',
    ],
    ['a Deployment', ['--deployment', 'olap'], 'kubernetes.deployment', 'olap'],
    ['another region than the hosts', ['--region', 'us-east-1'], 'source.region', 'us-west-2'],
  ])('takes %s from the options', async (_, args, member, value) => {
    expect(await init(...REST, ...args)).toBe(0);
    const at = member.split('.').reduce((node, name) => node[name], written().rdw);
    expect(at).toBe(value);
  });

  it('signs in with a token where a user is given, not with a secret', async () => {
    expect(await init(...REST.slice(2), '--source-user', 'rdw_ingest')).toBe(0);
    expect(written().rdw.source).toMatchObject({ user: 'rdw_ingest' });
    expect(written().rdw.source).not.toHaveProperty('secretArn');
  });

  it('a workgroup is known by the name of its host, as is the account', async () => {
    const host = 'analytics.999999999999.eu-west-1.redshift-serverless.amazonaws.com:5439';
    const file = yaml(`datasources.olap_rw.url-server: ${host}\n`);
    expect(await initWith([...CONFIG, file], ...REST)).toBe(0);
    expect(written()).toMatchObject({ account: '999999999999', region: 'eu-west-1' });
    expect(written().rdw.warehouse).toEqual({
      type: 'serverless',
      workgroup: 'analytics',
      database: 'opus',
    });
    expect(written().rdw.source.region).toBe('us-west-2');
  });

  it('never works in the folder that the regular job empties', async () => {
    const file = yaml('migrate:\n  aws:\n    location: MigrateAdHoc\n');
    expect(await initWith([...CONFIG, file], ...REST)).toBe(0);
    expect(written().rdw.location).toBe('MigrateBackfill');
    for (const location of ['MigrateAdHoc', 'MigrateOlap']) {
      const args = [...REST, '--force', '--location', location];
      expect(await initWith([...CONFIG, file], ...args)).toBe(2);
      expect(missing()).toContain(
        `--location ${location} is the folder that the regular job empties`,
      );
    }
  });

  it('a prefix that is no text of YAML stays as it is written', async () => {
    const file = yaml('archive.tenants.PA.pathPrefix: 0042\narchive.tenants.TS.pathPrefix: /no/\n');
    expect(await initWith([...CONFIG, file], ...REST)).toBe(0);
    const prefixes = written().rdw.tenants.map((one: { pathPrefix: string }) => one.pathPrefix);
    expect(prefixes).toEqual(['0042', 'no', 'all/ts_s001']);
  });
});

describe('what is missing', () => {
  it('is one list, each with where it comes from; the rest is written', async () => {
    expect(await init()).toBe(2);
    expect(missing()).toEqual([
      'rdw.kubernetes: is missing (--eks-cluster, and --eks-endpoint or --eks-secret-arn)',
      'rdw.vpc: is missing (--vpc-id, --subnet, --security-group)',
      'rdw.source.secretArn or user: is missing (--source-secret-arn, --source-user)',
    ]);
    expect(written().rdw.tenants).toHaveLength(3);
    expect(targetSchema.safeParse(written()).success).toBe(false);
  });

  it('of the files alone is told by their properties', async () => {
    expect(await initWith([yaml('archive: {}\n')], ...REST)).toBe(2);
    expect(missing()).toEqual([
      'account: is missing (--account)',
      'region: is missing (--region)',
      expect.stringMatching(/^rdw\.tenants: .*\(tenantProperties\.tenants\)$/),
      'rdw.source.host: is missing (datasources.warehouse_rw.url-server)',
      expect.stringMatching(
        /^rdw\.warehouse.*\(datasources\.olap_rw\.url-server, --redshift-cluster/,
      ),
      'rdw.copyRoleArn: is missing (migrate.aws.redshift.role)',
      'rdw.bucket: is missing (archive.uri-root)',
    ]);
  });

  it('of a tenant is told with its key', async () => {
    const file = yaml('tenantProperties.tenants.NO: {id: NO}\n');
    expect(await initWith([...CONFIG, file], ...REST)).toBe(2);
    expect(missing()).toEqual([
      'rdw.tenants.NO.warehouseSchema: is missing (datasources.warehouse_rw.tenants.NO.urlParts.database)',
      'rdw.tenants.NO.migrateSchema: is missing (datasources.migrate_rw.tenants.NO.urlParts.database)',
      'rdw.tenants.NO.reportingSchema: is missing (datasources.reporting_rw.tenants.NO.urlParts.database, --reporting-schema)',
    ]);
  });

  it('says all that is missing at once, also what only one of two members must say', async () => {
    const args = [
      '--eks-cluster',
      'rdw-qa',
      '--vpc-id',
      'vpc-1',
      '--source-user',
      'a',
      '--source-secret-arn',
      SECRET,
    ];
    expect(await init(...args)).toBe(2);
    expect(missing()).toEqual([
      'rdw.vpc.vpcId: must be the id of a VPC (--vpc-id)',
      'rdw.vpc.subnetIds: is missing (--subnet)',
      'rdw.vpc.securityGroupIds: is missing (--security-group)',
      'rdw.kubernetes: must have endpoint, or secretArn of a secret that has it (--eks-cluster, and --eks-endpoint or --eks-secret-arn)',
      'rdw.source.user: must not be there beside secretArn (--source-secret-arn, --source-user)',
    ]);
  });

  it.each([
    [
      'a placeholder',
      'archive.uri-root: ${ARCHIVE_ROOT}',
      'rdw.bucket: is missing (archive.uri-root is a placeholder)',
    ],
    [
      'a placeholder with a default',
      'migrate.aws.redshift.role: "${ROLE:arn:aws:iam::1:role/x}"',
      'rdw.copyRoleArn: is missing (migrate.aws.redshift.role is a placeholder)',
    ],
    [
      'a part of a host',
      'datasources.olap_rw.url-db: "opus_${ENV}"',
      'rdw.warehouse.database: is missing (datasources.olap_rw.url-db is a placeholder)',
    ],
    [
      'an encrypted value',
      "datasources.warehouse_rw.tenants.PA.urlParts.database: '{cipher}AAEC'",
      'rdw.tenants.PA.warehouseSchema: is missing (datasources.warehouse_rw.tenants.PA.urlParts.database is encrypted)',
    ],
    [
      'a hidden prefix',
      'archive.tenants.PA.pathPrefix: ${PA_PREFIX}',
      'rdw.tenants.PA.pathPrefix: is not known (archive.tenants.PA.pathPrefix is a placeholder)',
    ],
  ])('%s is named, not copied', async (_, line, problem) => {
    const args = [...REST, '--account', '123456789012'];
    expect(await initWith([...CONFIG, yaml(`${line}\n`)], ...args)).toBe(2);
    expect(missing()).toEqual([problem]);
    expect(readFileSync(out, 'utf8')).not.toMatch(/\$\{|cipher/);
  });

  it.each([
    [
      'a bucket that is none',
      'archive.uri-root: file:///tmp/x',
      'archive.uri-root is no address such as s3://bucket',
    ],
    [
      'one prefix for all',
      'archive.path-prefix: all',
      'archive.path-prefix is set for all tenants; it must be unset there',
    ],
    [
      'a server of its own',
      'datasources.warehouse_rw.tenants.PA.url-server: other:3306',
      'tenants have servers of their own in datasources.warehouse_rw: a target is of one server',
    ],
    [
      'another server for migrate',
      'datasources.migrate_rw.url-server: other:3306',
      'datasources.migrate_rw is on another server than datasources.warehouse_rw',
    ],
    [
      'two hosts',
      'datasources.warehouse_rw.url-server: "a:1,b:2"',
      'datasources.warehouse_rw.url-server is no host:port',
    ],
  ])('%s is a finding', async (_, line, problem) => {
    expect(await initWith([...CONFIG, yaml(`${line}\n`)], ...REST)).toBe(2);
    expect(missing()).toContain(problem);
  });

  it('a tenant without properties is left out and named; an option for nobody is a finding', async () => {
    const file = yaml('archive.tenants.XX.pathPrefix: xx\n');
    const args = [...REST, '--reporting-schema', 'ZZ=reporting_zz'];
    expect(await initWith([...CONFIG, file], ...args)).toBe(2);
    expect(said).toContain('tenant XX has settings, and no tenantProperties: it is left out');
    expect(missing()).toEqual(['ZZ=… is not of one of the tenants PA, TS, TS_S001']);
  });

  it('whatever else is hidden is a note too', async () => {
    const hidden = 'datasources.warehouse_rw.tenants.PA.url-server';
    expect(await initWith([...CONFIG, yaml(`${hidden}: \${HOST}\n`)], ...REST)).toBe(0);
    expect(said).toContain(`Note: ${hidden} is a placeholder: it is left out`);
  });

  it('a regular job whose folder is hidden is a note', async () => {
    const file = yaml('migrate.aws.location: ${LOCATION}\n');
    expect(await initWith([...CONFIG, file], ...REST)).toBe(0);
    expect(said).toContain(
      'migrate.aws.location, is a placeholder: see that it is not MigrateAdHoc',
    );
  });
});

describe('a file that is there', () => {
  const clickstream = { projectId: 'mine' };
  const put = (target: object) => {
    yaml('', 'x');
    out = path.join(folder, 'qa.json');
    writeFileSync(out, JSON.stringify(target));
  };

  it('keeps its other members', async () => {
    put({
      account: '123456789012',
      region: 'us-west-2',
      clickstream,
      noticeEmails: ['a@b.example'],
    });
    await init(...REST);
    expect(written()).toMatchObject({ clickstream, noticeEmails: ['a@b.example'] });
    expect(written().rdw.tenants).toHaveLength(3);
  });

  it('is not written over without --force', async () => {
    put({ rdw: { mine: true } });
    expect(await init(...REST)).toBe(2);
    expect(said).toContain('has a member rdw already');
    expect(written()).toEqual({ rdw: { mine: true } });
  });

  it('prints a refusal as the one document when --json is wanted', async () => {
    put({ rdw: { mine: true } });
    expect(await init(...REST, '--json')).toBe(2);
    const message = expect.stringContaining('has a member rdw already');
    expect(JSON.parse(said.split('\n')[0]!)).toEqual({ error: { name: 'UsageError', message } });
  });

  it('with --force keeps of its rdw what nobody says now', async () => {
    expect(await init(...REST, '--reporting-schema', 'TS=reporting_ts')).toBe(0);
    const first = written();
    first.rdw.tenants[0].altScores = false;
    writeFileSync(out, JSON.stringify(first));
    expect(await init('--force')).toBe(0);
    expect(written()).toEqual(first);
  });

  it('with --force takes what is said now', async () => {
    await init(...REST);
    const args = [
      '--source-user',
      'rdw_ingest',
      '--subnet',
      'subnet-2a1b2c3d',
      '--redshift-workgroup',
      'w',
    ];
    const files = CONFIG.filter((file) => !file.includes('tenant-TS/'));
    expect(await initWith(files, '--force', ...args)).toBe(0);
    const { rdw } = written();
    expect(rdw.tenants.map(({ id }: { id: string }) => id)).toEqual(['PA', 'TS_S001']);
    expect(rdw.source).toMatchObject({ user: 'rdw_ingest' });
    expect(rdw.source).not.toHaveProperty('secretArn');
    expect(rdw.vpc).toMatchObject({ vpcId: 'vpc-0a1b2c3d', subnetIds: ['subnet-2a1b2c3d'] });
    expect(rdw.warehouse).toEqual({ type: 'serverless', workgroup: 'w', database: 'opus' });
  });

  it('a prefix that was written by hand, because the files hide it, stays', async () => {
    const hidden = [...CONFIG, yaml('archive.tenants.PA.pathPrefix: ${PREFIX}\n')];
    expect(await initWith(hidden, ...REST)).toBe(2);
    const first = written();
    first.rdw.tenants[0].pathPrefix = 'pa';
    writeFileSync(out, JSON.stringify(first));
    expect(await initWith(hidden, '--force')).toBe(0);
    expect(written()).toEqual(first);
  });

  it.each([
    ['account', { account: '111111111111', region: 'us-west-2' }],
    ['region', { account: '123456789012', region: 'eu-west-1' }],
  ])('of another %s is refused', async (name, target) => {
    put(target);
    expect(await init(...REST)).toBe(2);
    expect(said).toContain(`is of ${name} `);
    expect(written()).toEqual(target);
  });

  it.each([['no JSON'], ['[1]']])('that is %s is refused, and not quoted', async (text) => {
    put({});
    writeFileSync(out, text);
    expect(await init(...REST)).toBe(2);
    expect(said).toContain('is no JSON object; mend it or give another --out');
    expect(readFileSync(out, 'utf8')).toBe(text);
  });
});

describe('bad usage', () => {
  it.each([
    ['no file', [], /required option '--config <file\.\.\.>' not specified/],
    [
      'a file that is not there',
      ['--config', '/nowhere.yml'],
      /\/nowhere\.yml cannot be read: ENOENT/,
    ],
    ['an unknown option', ['--config', 'x', '--password', 'p'], /unknown option '--password'/],
  ])('%s ends with exit code 2', async (_, args, message) => {
    expect(await main(['init', 'rdw', '--out', out, ...args])).toBe(2);
    expect(said).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it('a file that is not YAML is named with the line', async () => {
    expect(await initWith([yaml('a: b\nc: [x\n')])).toBe(2);
    expect(said).toMatch(/more\.yml is not YAML: line [23] \([A-Z_]+\)/);
    expect(existsSync(out)).toBe(false);
  });
});
