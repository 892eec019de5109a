// `runbooks init aspects`: through the SDK's clients, with exactly the calls of its policy.

import { targetSchema } from '../../../lambdas/shared/inputs/target';
import type { Account } from '../../rehearsal/cloud/account';
import { accountOf, EXAMPLE, InitAccount, missingIn } from './init-account';

const SCENARIO = accountOf('aspects');
const ASPECTS = EXAMPLE.aspects as {
  readonly host: Record<'instanceId' | 'user' | 'tutorRoot' | 'path', string>;
  readonly clickhouse: { readonly url: string; readonly secretArn: string };
  readonly vpc: { readonly subnetIds: readonly string[] };
};
const { host, clickhouse, vpc } = ASPECTS;
const OWN = ['--user', host.user, '--tutor-root', host.tutorRoot, '--path', host.path];
const REST = [...OWN, '--secret-arn', clickhouse.secretArn, '--backup-disk', 'backups'];

let account: InitAccount;
beforeEach(() => {
  account = new InitAccount('aspects');
});
afterEach(() => account.remove());

/** The scenario with other instances, groups or nodes. */
const but = (ec2: Partial<NonNullable<Account['ec2']>>, more: Account = {}): Account => ({
  ...SCENARIO,
  ...more,
  ec2: { ...SCENARIO.ec2, ...ec2 },
});
const [INSTANCE] = SCENARIO.ec2!.instances!;
const [GROUP] = SCENARIO.ec2!.securityGroups!;

describe('a target', () => {
  it('is that of the example from the only instance and what it says itself', async () => {
    const ended = await account.init(SCENARIO, ...REST, '--subnet', ...vpc.subnetIds);
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain(`instance ${host.instanceId} (openedx) in us-east-1`);
    const { account: id, region } = EXAMPLE;
    expect(account.written).toEqual({ account: id, region, aspects: ASPECTS });
    expect(targetSchema.safeParse(account.written).success).toBe(true);
    expect(account.used).toEqual(account.allowed);
  });

  it.each([
    ['backups', 'https://backups.s3.us-east-1.amazonaws.com/'],
    ['s3://backups/aspects/qa', 'https://backups.s3.us-east-1.amazonaws.com/aspects/qa/'],
  ])('has bucket %s as an address', async (bucket, endpoint) => {
    const more = [...REST.slice(0, -2), '--backup-bucket', bucket];
    expect(await account.init(SCENARIO, ...more)).toMatchObject({ code: 0 });
    expect(account.written.aspects.clickhouse.backupTo).toEqual({ endpoint });
  });

  it('forced keeps what nobody says now, and of the places of backups the last one', async () => {
    await account.init(SCENARIO, ...REST);
    const first = account.written;
    expect(await account.init(SCENARIO, '--force')).toMatchObject({ code: 0 });
    expect(account.written).toEqual(first);
    await account.init(SCENARIO, '--force', '--backup-bucket', 'other');
    expect(Object.keys(account.written.aspects.clickhouse.backupTo)).toEqual(['endpoint']);
    const other = { ...INSTANCE!, id: 'i-0a1b2c3d' };
    const moved = but({ instances: [other] });
    await account.init(moved, '--instance', 'i-0a1b2c3d', '--force');
    expect(account.written.aspects.host).toEqual({ instanceId: 'i-0a1b2c3d' });
  });
});

describe('what is missing', () => {
  it('is named with what helps; what is on the host is not looked for', async () => {
    const ended = await account.init(SCENARIO, '--name', 'openedx');
    expect(ended.code).toBe(2);
    expect(missingIn(ended)).toEqual([
      'aspects.host.user: is missing (--user: the user of Linux that owns the project)',
      'aspects.host.tutorRoot: is missing (--tutor-root: what tutor config printroot prints)',
      'aspects.host.path: is missing (--path: the folder of tutor, as which tutor prints it)',
      `aspects.clickhouse.secretArn: is missing (--secret-arn; by name or tag: ${clickhouse.secretArn})`,
      'aspects.clickhouse.backupTo: is missing (--backup-disk or --backup-bucket)',
    ]);
    expect(account.written.aspects.clickhouse).toEqual({ url: clickhouse.url });
  });

  it('is the address of ClickHouse where the host lets nobody in at its port', async () => {
    const closed = { ...GROUP!, ingress: [{ ports: [443] as [number], cidrs: ['0.0.0.0/0'] }] };
    const ended = await account.init(but({ securityGroups: [closed] }), ...REST);
    expect(missingIn(ended)).toEqual([
      'aspects.clickhouse.url: is missing (--clickhouse-url, such as http://10.0.42.17:8123: the instance lets nobody in there)',
      'aspects.vpc.securityGroupIds: is missing (--security-group: no group is let in, make one that is)',
    ]);
    const url = ['--clickhouse-url', 'https://clickhouse.example'];
    const group = ['--security-group', 'sg-0a1b2c3d'];
    const given = await account.init(
      but({ securityGroups: [closed] }),
      ...[...REST, ...url, ...group, '--force'],
    );
    expect(given.code).toBe(0);
    expect(account.written.aspects.clickhouse.url).toBe('https://clickhouse.example');
  });

  it.each<[string, Account, RegExp]>([
    ['does not know it', but({}, { hosts: [] }), /does not know i-0e1f2031425364758: it needs/],
    [
      'does not reach it',
      but({}, { hosts: [{ ...SCENARIO.hosts![0]!, silentSince: 0 } as never] }),
      /does not reach i-0e1f2031425364758 now: ConnectionLost/,
    ],
    [
      'cannot: it is stopped',
      but({ instances: [{ ...INSTANCE!, state: 'stopped' }] }),
      /instance i-0e1f2031425364758 is stopped/,
    ],
  ])('is the host where Systems Manager %s', async (_, data, told) => {
    const ended = await account.init(data, '--instance', host.instanceId, ...REST);
    expect(ended.code).toBe(2);
    expect(missingIn(ended)).toEqual([expect.stringMatching(told)]);
  });
});

describe('refuses', () => {
  const second = { ...INSTANCE!, id: 'i-0a1b2c3d' };
  const two = but(
    { instances: [INSTANCE!, second] },
    { hosts: [...SCENARIO.hosts!, { ...SCENARIO.hosts![0]!, instanceId: second.id }] },
  );
  it.each<[string, Account, string[], number, RegExp]>([
    ['two instances that may be meant', two, [], 2, /--instance .* knows i-0e.* i-0a1b2c3d \(op/],
    [
      'another name',
      SCENARIO,
      ['--name', 'x'],
      1,
      /no instance is named x: .* i-0e1f2031425364758/,
    ],
    ['another id', SCENARIO, ['--instance', 'i-00000000'], 1, /AWS refused: .*does not exist/],
    [
      'what cannot be meant',
      SCENARIO,
      ['--instance', 'mi-0a1b2c3d', '--backup-disk', 'a', '--backup-bucket', 'b'],
      2,
      /has 2 problems: .*--instance must be the id of an instance of EC2.*not both/,
    ],
  ])('%s', async (_, data, args, code, message) => {
    const ended = await account.init(data, ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(message);
    expect(() => account.written).toThrow(/ENOENT/);
  });
});
