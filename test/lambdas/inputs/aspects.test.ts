// Bad input of the aspects runbook: each problem has its line, and all are said at once.

import { RefusedInputError } from '../../../lambdas/shared/errors';
import { checkInput, INPUTS } from '../../../lambdas/shared/inputs';
import { aspectsTargetSchema } from '../../../lambdas/shared/inputs/target';

const TARGET = { instanceId: 'i-0e1f2031425364758', tutorRoot: '/home/tutor/root' };
const UPGRADE = {
  targetVersion: '2.4.0',
  tutorRoot: TARGET.tutorRoot,
  backup: { method: 'native' },
};
const ROLLBACK = { upgradeOf: 'run-20260131-0a1b2c3d4e', tutorRoot: TARGET.tutorRoot };
const MACHINES = [
  ['aspects-upgrade', UPGRADE],
  ['aspects-rollback', ROLLBACK],
] as const;
type Machine = (typeof MACHINES)[number][0];

function problems(machine: Machine, input: unknown, target: object = TARGET): readonly string[] {
  try {
    checkInput(machine, target, input);
  } catch (error) {
    if (error instanceof RefusedInputError) return error.problems;
    throw error;
  }
  return [];
}

describe.each(MACHINES)('the input of %s', (machine, valid) => {
  it('has an example that is valid, a dry run', () => {
    const example = INPUTS[machine].example(TARGET);
    expect(checkInput(machine, TARGET, example).input.dryRun).toBe(true);
  });

  it('leases the host, so that two runs never work there', () => {
    expect(checkInput(machine, TARGET, valid).leases).toEqual(['aspects.i-0e1f2031425364758']);
  });

  it('T2 refuses another TUTOR_ROOT than that of the stack', () => {
    expect(problems(machine, { ...valid, tutorRoot: '/root' })[0]).toMatch(
      /^tutorRoot: this stack .* \/home\/tutor\/root: type that path$/,
    );
  });

  it.each([
    ['nothing', {}],
    ['an unknown member', { ...valid, dry_run: true }],
    [
      'a dry run that continues',
      { ...valid, dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' },
    ],
    ['hours that are none', { ...valid, initHours: 0 }],
    ['hours beyond what a command may take', { ...valid, initHours: 49 }],
  ])('refuses %s', (_, input) => {
    expect(problems(machine, input)).not.toHaveLength(0);
  });
});

describe('the input of an upgrade', () => {
  it('is completed with defaults', () => {
    expect(checkInput('aspects-upgrade', TARGET, UPGRADE).input).toEqual({
      ...UPGRADE,
      throughHop: true,
      triedOnCopy: null,
      models: [],
      replayTrackingLogs: false,
      removeDeprecated: true,
      buildHours: 6,
      initHours: 24,
      dryRun: false,
    });
  });

  it.each<[string, object, RegExp]>([
    ['T3 a version that moves', { targetVersion: 'latest' }, /not an exact version/],
    ['T3 a range of versions', { targetVersion: '>=2.4' }, /not an exact version/],
    ['a tag that lies', { targetVersion: '1.4.0' }, /carries 2\.0\.0/],
    ['a version that is not known', { targetVersion: '4.0.0' }, /not known here/],
    ['T24 a model with a blank', { models: ['a b'] }, /must be the name of a model/],
    ['T24 a model with a quote', { models: ["a'"] }, /must be the name of a model/],
    ['T24 a model with braces', { models: ['{{a}}'] }, /must be the name of a model/],
    ['a model twice', { models: ['a', 'a+'] }, /must not name a model twice/],
    ['a refusal of the copy without a reason', { triedOnCopy: { without: 'no' } }, /triedOnCopy/],
    [
      'a copy without its duration',
      { triedOnCopy: { reportOf: 'run-20260131-0a1b2c3d4e' } },
      /triedOnCopy/,
    ],
    ['a backup without its method', { backup: {} }, /backup/],
    ['a folder with a blank', { backup: { method: 'gate', folder: '/a b' } }, /folder/],
    ['a folder with a step up', { backup: { method: 'gate', folder: '/a/../b' } }, /\.\./],
    ['a backup of both kinds', { backup: { method: 'native', folder: '/a' } }, /unrecognized key/],
  ])('refuses %s', (_, members, said) => {
    expect(problems('aspects-upgrade', { ...UPGRADE, ...members }).join('; ')).toMatch(said);
  });
});

describe('the target of the runbook', () => {
  const target = {
    host: {
      instanceId: 'i-0e1f2031425364758',
      user: 'tutor',
      tutorRoot: '/home/tutor/root',
      path: '/home/tutor/venv/bin',
    },
    clickhouse: {
      url: 'http://10.0.42.17:8123',
      secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:a-Ab12Cd',
      backupTo: { disk: 'backups' },
    },
    vpc: {
      vpcId: 'vpc-0e1f2031',
      subnetIds: ['subnet-0e1f2031'],
      securityGroupIds: ['sg-0e1f2031'],
    },
  };
  const findings = (changed: object) =>
    aspectsTargetSchema
      .safeParse({ ...target, ...changed })
      .error?.issues.map(({ message }) => message) ?? [];

  it('is completed with the names of its databases', () => {
    const { mode, clickhouse } = aspectsTargetSchema.parse(target);
    expect(mode).toBe('local');
    expect(clickhouse.databases).toEqual({
      xapi: 'xapi',
      eventSink: 'event_sink',
      reporting: 'reporting',
      openedx: 'openedx',
    });
  });

  it('T11 refuses mode dev that is not allowed on purpose', () => {
    expect(findings({ mode: 'dev' })[0]).toMatch(/dev stops the platform/);
    expect(findings({ mode: 'dev', allowDev: true })).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['root', { host: { ...target.host, user: 'root' } }, /must not be root/],
    ['a relative root', { host: { ...target.host, tutorRoot: 'tutor' } }, /absolute path/],
    ['a root with a step up', { host: { ...target.host, tutorRoot: '/a/../b' } }, /\.\. in it/],
    [
      'a login in the address',
      { clickhouse: { ...target.clickhouse, url: 'http://a:b@h:8123' } },
      /login is in the secret/,
    ],
    [
      'a cluster whose name no statement may hold',
      { clickhouse: { ...target.clickhouse, cluster: 'my-cluster' } },
      /letters, digits and _/,
    ],
    [
      'a disk whose name no statement may hold',
      { clickhouse: { ...target.clickhouse, backupTo: { disk: '1.backups' } } },
      /Invalid input|letters, digits and _/,
    ],
    [
      'a folder that no statement may hold',
      { clickhouse: { ...target.clickhouse, backupTo: { endpoint: "https://b/a'b/" } } },
      /Invalid input|letters, digits and !/,
    ],
    [
      'a database twice',
      { clickhouse: { ...target.clickhouse, databases: { openedx: 'xapi' } } },
      /must be four names/,
    ],
    [
      'a query in the address',
      { clickhouse: { ...target.clickhouse, url: 'http://h:8123/?user=a' } },
      /login is in the secret/,
    ],
    [
      'a backup to a query',
      { clickhouse: { ...target.clickhouse, backupTo: { endpoint: 'https://b/?k=1' } } },
      /must end in \//,
    ],
  ])('refuses %s', (_, changed, said) => {
    expect(findings(changed).join('; ')).toMatch(said);
  });
});
