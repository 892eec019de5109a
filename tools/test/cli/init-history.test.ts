// `runbooks init student-module-history`: through the SDK's clients, with exactly the calls of its policy.

import { writeFileSync } from 'node:fs';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import type { Account } from '../../rehearsal/cloud/account';
import { accountOf, EXAMPLE, InitAccount, missingIn } from './init-account';

const SCENARIO = accountOf('student-module-history');
const { source, target } = EXAMPLE.studentModuleHistory as Record<string, Record<string, string>>;
const LOGINS = [
  ...['--secret-arn', source!.secretArn!, '--new-secret-arn', target!.secretArn!],
  ...['--admin-secret-arn', target!.adminSecretArn!],
];
const BOTH = ['--db', 'edxapp', '--new-db', 'edxapp-csmh'];
const [VPC, TASKS, DATABASE] = ['vpc-0a1b2c3d', 'sg-0a1b2c3d', 'sg-1a1b2c3d'] as const;

let account: InitAccount;
beforeEach(() => {
  account = new InitAccount('student-module-history');
});
afterEach(() => account.remove());

type Instance = NonNullable<NonNullable<Account['rds']>['instances']>[number];
type Groups = NonNullable<NonNullable<Account['ec2']>['securityGroups']>;

/** An instance of RDS that one group may reach. */
const instance = (id: string, more: Partial<Instance> = {}): Instance => ({
  ...{ id, engine: 'mysql', host: `${id}.c0.us-east-1.rds.amazonaws.com`, vpc: VPC },
  ...{ subnets: ['subnet-0a1b2c3d'], securityGroups: [DATABASE] },
  ...more,
});
const GROUPS: Groups = [
  { id: DATABASE, vpc: VPC, ingress: [{ ports: [3300, 3400], groups: [TASKS] }] },
];
const of = (...instances: readonly Instance[]): Account => ({
  rds: { instances },
  ec2: { securityGroups: GROUPS },
});
const history = () => account.written.studentModuleHistory;

describe('a target', () => {
  it('is that of the example from two identifiers and the logins', async () => {
    const ended = await account.init(SCENARIO, ...BOTH, ...LOGINS);
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain(`Wrote ${account.file}: edxapp to edxapp-csmh in us-east-1`);
    expect(ended.out).toContain('tasks get group sg-0c1d2e3f405162738, which edxapp and');
    const { studentModuleHistory } = EXAMPLE;
    const { account: id, region } = EXAMPLE;
    expect(account.written).toEqual({ account: id, region, studentModuleHistory });
    expect(targetSchema.safeParse(account.written).success).toBe(true);
    expect(account.used).toEqual(account.allowed);
  });

  it('names an instance of RDS, its replicas, another port, and users with tokens', async () => {
    const data = of(
      instance('main', { port: 3310, iamLogin: true, database: 'edxapp' }),
      instance('copy', { replicaOf: 'main', port: 3310 }),
      instance('csmh', { engine: 'mariadb', iamLogin: true }),
      instance('other', { engine: 'postgres' }),
    );
    const users = ['--user', 'history_copy', '--new-user', 'history_writer'];
    const more = ['--new-database', 'edxapp_csmh', '--new-db', 'CSMH', '--db', 'main'];
    expect(await account.init(data, ...users, ...more)).toMatchObject({ code: 0, err: '' });
    expect(history()).toEqual({
      source: {
        ...{ host: 'main.c0.us-east-1.rds.amazonaws.com', port: 3310 },
        ...{ user: 'history_copy', database: 'edxapp' },
        replicas: [{ host: 'copy.c0.us-east-1.rds.amazonaws.com', port: 3310 }],
      },
      target: {
        ...{ host: 'csmh.c0.us-east-1.rds.amazonaws.com', user: 'history_writer' },
        ...{ database: 'edxapp_csmh', dbInstanceIdentifier: 'csmh' },
      },
      vpc: { vpcId: VPC, subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: [TASKS] },
    });
    expect(targetSchema.safeParse(account.written).success).toBe(true);
  });

  it('is of one server where there is only one, whose cluster an instance names, too', async () => {
    const { rds, ...rest } = SCENARIO;
    const [cluster] = rds!.clusters!;
    const only = { ...rest, rds: { ...rds, clusters: [cluster!] } };
    const ended = await account.init(only, '--db', 'edxapp-1');
    expect(ended.code).toBe(2);
    expect(history().target).toEqual({ host: cluster!.host });
    expect(missingIn(ended)).toContain(
      'studentModuleHistory.target.database: is missing (--new-database, often edxapp_csmh)',
    );
  });
});

describe('what is missing', () => {
  it('is named with what helps; secrets are listed by name or tag, and never read', async () => {
    const tagged = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:team/one-Zz99Zz';
    const data = {
      ...SCENARIO,
      secrets: { ...SCENARIO.secrets, [tagged]: 'hunter2', 'edxapplication/x': '' },
      secretTags: { [tagged]: { database: 'edxapp' } },
    };
    const ended = await account.init(data, ...BOTH);
    expect(ended.code).toBe(2);
    expect(missingIn(ended)).toEqual([
      `studentModuleHistory.source.secretArn or user: is missing (--secret-arn; by name or tag: ${source!.secretArn}, ${tagged}; or --user: edxapp takes no IAM tokens)`,
      `studentModuleHistory.target.secretArn or user: is missing (--new-secret-arn; by name or tag: ${target!.secretArn}, ${target!.adminSecretArn}; or --new-user: edxapp-csmh takes no IAM tokens)`,
    ]);
    expect(ended.out + JSON.stringify(account.written)).not.toContain('hunter2');
    expect(history().source).not.toHaveProperty('secretArn');
  });

  it('is where the table goes, when there are several servers', async () => {
    const ended = await account.init(SCENARIO, '--db', 'edxapp', ...LOGINS);
    expect(missingIn(ended)).toEqual([
      'studentModuleHistory.target.host: is missing (--new-db: one of edxapp, edxapp-csmh)',
      'studentModuleHistory.target.database: is missing (--new-database, often edxapp_csmh)',
    ]);
  });

  it.each<[string, Groups, RegExp]>([
    ['nobody is let in', [{ id: DATABASE, vpc: VPC, ingress: [] }], /no group is let in, make one/],
    [
      'at another port',
      [{ id: DATABASE, vpc: VPC, ingress: [{ ports: [5432], groups: [TASKS] }] }],
      /no group is let in/,
    ],
    [
      'several are',
      [{ id: DATABASE, vpc: VPC, ingress: [{ groups: ['sg-0b', TASKS] }] }],
      /these are let in, sg-0a1b2c3d, sg-0b/,
    ],
  ])('is the group of the tasks where %s', async (_, securityGroups, told) => {
    const data = { ...of(instance('main')), ec2: { securityGroups } };
    const ended = await account.init(data);
    expect(missingIn(ended).join('\n')).toMatch(told);
    expect(history().vpc).toEqual({ vpcId: VPC, subnetIds: ['subnet-0a1b2c3d'] });
  });

  it('is the VPC where the servers are in two', async () => {
    const data = of(instance('main'), instance('csmh', { vpc: 'vpc-1a1b2c3d' }));
    const servers = ['--db', 'main', '--new-db', 'csmh'];
    const ended = await account.init(data, ...servers);
    expect(missingIn(ended)[0]).toMatch(/^main is in vpc-0a1b2c3d and csmh in vpc-1a1b2c3d: say/);
    expect(history()).not.toHaveProperty('vpc');
    const vpc = ['--vpc-id', VPC, '--subnet', 'subnet-2a1b2c3d', '--security-group', TASKS];
    await account.init(data, ...servers, ...vpc, '--force');
    expect(history().vpc.subnetIds).toEqual(['subnet-2a1b2c3d']);
  });

  it('is IAM authentication where a user is named', async () => {
    const ended = await account.init(of(instance('main')), '--user', 'history_copy');
    expect(missingIn(ended)[0]).toMatch(/source\.user: main takes no IAM tokens: turn IAM auth/);
  });
});

it('says what a person should know: the administrator’s secret, addresses that are let in', async () => {
  const master = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:rds!db-main-Ab12Cd';
  const ingress = [{ ports: [3306] as [number], cidrs: ['10.0.0.0/8'] }];
  const data = {
    ...of(instance('main', { masterSecretArn: master })),
    ec2: { securityGroups: [{ id: DATABASE, vpc: VPC, ingress }] },
    secrets: { [master]: 'x' },
  };
  const ended = await account.init(data);
  expect(ended.out).toContain(`of main in ${master}: with --admin-secret-arn`);
  expect(ended.out).toContain('main lets in addresses, too: 10.0.0.0/8');
  // Not the administrator's: the copy has a user of its own.
  expect(missingIn(ended).join()).toContain('no secret has such a name or tag');
});

describe('a file that is there', () => {
  it('is not written over; forced it keeps what nobody says now', async () => {
    await account.init(SCENARIO, ...BOTH, ...LOGINS);
    const first = account.written;
    expect(await account.init(SCENARIO, ...BOTH)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has a member studentModuleHistory already'),
    });
    first.dashboard = true;
    first.studentModuleHistory.target.runtimeUser = 'lms';
    writeFileSync(account.file, JSON.stringify(first));
    expect(await account.init(SCENARIO, ...BOTH, '--force')).toMatchObject({ code: 0 });
    expect(account.written).toEqual(first);
  });

  it('keeps no login for another server, and no secret beside a user', async () => {
    await account.init(SCENARIO, ...BOTH, ...LOGINS);
    const swapped = ['--db', 'edxapp-csmh', '--new-db', 'edxapp-csmh', '--new-user', 'writer'];
    const ended = await account.init(SCENARIO, ...swapped, '--force');
    expect(history().source).not.toHaveProperty('secretArn');
    expect(history().target).not.toHaveProperty('secretArn');
    expect(missingIn(ended).join()).toContain('source.secretArn or user: is missing');
  });
});

describe('refuses', () => {
  it.each<[string, Account, string[], number, RegExp]>([
    ['several servers', SCENARIO, [], 2, /--db which .*: edxapp \(aurora-mysql\), edxapp-csmh/],
    ['none', {}, [], 1, /RDS has no MySQL server in this region/],
    ['another name', SCENARIO, ['--db', 'x'], 1, /--db x is no MySQL server .*; there: edxapp/],
    [
      'a replica',
      of(instance('main'), instance('copy', { replicaOf: 'main' })),
      ['--new-db', 'copy'],
      1,
      /--new-db copy is a replica of main: name the writer/,
    ],
    [
      'two logins of a server',
      SCENARIO,
      ['--secret-arn', 'a', '--user', 'b', '--target', 'Q'],
      2,
      /has 2 problems: .*--target must match.*--secret-arn or --user, not both/,
    ],
  ])('%s', async (_, data, args, code, message) => {
    const ended = await account.init(data, ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(message);
    expect(() => account.written).toThrow(/ENOENT/);
  });
});

it('with --json prints one document', async () => {
  const { out } = await account.init(SCENARIO, ...BOTH, ...LOGINS, '--json');
  expect(JSON.parse(out)).toMatchObject({ file: account.file, missing: [] });
});
