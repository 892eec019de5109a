import { runKey } from '../../../lambdas/shared/ledger';
import { AwsFault, type FakeTemplate } from '../../support/fake-cloudformation';
import { startLedger } from '../../support/ledger';
import { describes, NEW, OLD, ROLE, StackHarness, templates } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const harness = (
  catalogue = templates(),
  deployed = OLD,
  values: Record<string, string> = { Email: 'ops@example.com' },
) => new StackHarness(db.ledger, catalogue, deployed, values).open();

/** The target template with something else in it. */
const target = (change: Partial<FakeTemplate>) => {
  const all = templates();
  return { ...all, [NEW]: { ...all[NEW]!, ...change } };
};

const READS = ['DescribeStacks', 'GetTemplateSummary', 'DescribeStackEvents'];

describe('read-console-stack', () => {
  test('plans the update: variant, versions, what is kept and what takes its default', async () => {
    const h = await harness();
    await expect(h.read()).resolves.toEqual({
      action: 'update',
      variant: 1,
      use: 'Cognito',
      from: 'v1.1.5-202403071513',
      to: 'v1.1.15-202506010101',
      kept: ['Email'],
      set: [],
      defaulted: ['IamRolePrefix', 'IamRoleBoundaryArn'],
      dropped: [],
      plan: { ...h.plan, warnings: expect.any(Array) },
    });
    expect(h.cloud.calls.filter((call) => !READS.includes(call))).toEqual([]);
  });

  test('a dry run plans the same without a run in the ledger and leaves nothing there', async () => {
    const h = new StackHarness(db.ledger);
    const plan = await h.read({ dryRun: true });
    expect(plan).toMatchObject({ action: 'update', from: 'v1.1.5-202403071513' });
    const written = [];
    for await (const item of db.ledger.list(h.runId, '')) written.push(item);
    expect(written).toEqual([]);
    expect(h.cloud.calls).toEqual(['DescribeStacks', 'GetTemplateSummary']);
  });

  test('trap 42: assuming one project per console: Explorations stop for each project until its pipeline and data follow', async () => {
    const h = await harness();
    const { plan } = await h.read();
    expect(plan.warnings.join(' ')).toMatch(/Explorations of every project on this console stop/);
    await expect(
      db.ledger.get(runKey(h.runId, 'note#console#explorations')),
    ).resolves.toMatchObject({
      text: expect.stringContaining('Explorations'),
    });
  });

  test('trap 25: deducing the variant from the description: parameter keys tell it, the description is shared by five', async () => {
    const url = NEW.replace('-global.', '-global-customdomain.');
    const domain = { Email: {}, HostedZoneId: {}, HostedZoneName: {}, RecordName: {} };
    const catalogue = templates({
      [url]: { description: describes('v1.1.15', '1'), parameters: domain },
    });
    const h = await harness(catalogue, OLD, {
      Email: 'ops@example.com',
      HostedZoneId: 'Z1',
      HostedZoneName: 'example.com',
      RecordName: 'console',
    });
    await expect(h.read()).resolves.toMatchObject({ variant: 2, plan: { templateUrl: url } });
  });

  test('trap 26: dropping IamRolePrefix: kept of a console that has it', async () => {
    const h = await harness(templates(), NEW, { Email: 'ops@example.com', IamRolePrefix: 'acme' });
    const { plan } = await h.read();
    expect(plan.parameters).toContainEqual({ key: 'IamRolePrefix' });
  });

  test('trap 27: updating the console from latest: refuses latest as version and as address', async () => {
    const h = await harness();
    await expect(h.read({ targetVersion: 'latest' })).rejects.toThrow(/latest moves/);
    await expect(h.read({ templateUrl: NEW.replace('v1.1.15', 'latest') })).rejects.toThrow(
      /points to latest, which moves/,
    );
  });

  test('trap 27: comparing short versions only: full versions are compared, so that another build of one number is an update', async () => {
    const h = await harness(target({}), NEW, { Email: 'ops@example.com' });
    await expect(h.read()).resolves.toMatchObject({ action: 'none' });
    h.cloud.templates[NEW] = {
      ...h.cloud.templates[NEW]!,
      description: describes('v1.1.15', '202507010101'),
    };
    await expect(h.read()).resolves.toMatchObject({ action: 'update', to: 'v1.1.15-202507010101' });
  });

  test('lets a change set tell where a template carries no build', async () => {
    const description = '(SO0219) Clickstream Analytics on AWS (Version v1.1.15)- Control Plane';
    const h = await harness(target({ description }), NEW);
    await expect(h.read()).resolves.toMatchObject({
      action: 'update',
      from: 'v1.1.15',
      to: 'v1.1.15',
    });
  });

  test('plans an update of the same build when a parameter is to change', async () => {
    const h = await harness(templates(), NEW);
    await expect(h.read({ parameters: { Email: 'new@example.com' } })).resolves.toMatchObject({
      action: 'update',
      set: ['Email'],
    });
  });

  test('works with the service role of the stack where none is configured', async () => {
    const h = await harness();
    h.cloud.roleArn = ROLE;
    const { plan } = await h.read({ serviceRoleArn: null });
    expect(plan.roleArn).toBeUndefined();
  });

  test('refuses with all findings in one message', async () => {
    const h = await harness(target({ parameters: { Email: {}, Domain: {} } }), OLD, { Email: 'a' });
    h.cloud.description = describes('v1.0.3', '1');
    h.cloud.status = 'UPDATE_ROLLBACK_FAILED';
    const read = h.read({ serviceRoleArn: undefined, parameters: { Nonsense: '1' } });
    await expect(read).rejects.toMatchObject({
      name: 'PreflightError',
      findings: [
        expect.stringContaining('continue the update rollback'),
        expect.stringContaining('has no service role and none is configured'),
        expect.stringContaining('version v1.0.3 goes through v1.1.5'),
        expect.stringContaining('set console.parameters.Domain'),
        expect.stringContaining('no parameter Nonsense'),
      ],
    });
  });

  test.each<[string, (h: StackHarness) => void, Parameters<StackHarness['read']>[0], RegExp]>([
    [
      'a stack that does not exist',
      (h) => (h.cloud.exists = false),
      {},
      /there is no stack clickstream-console in eu-west-1/,
    ],
    [
      'a stack of something else',
      (h) => (h.cloud.description = 'My stack'),
      {},
      /is not a console of Clickstream/,
    ],
    [
      'a public console in a VPC',
      (h) =>
        (h.cloud.description = describes('v1.1.5', '1', '- Control Plane within VPC (Public)')),
      {},
      /variant that the upgrade guide does not offer/,
    ],
    [
      'a version that was withdrawn',
      () => undefined,
      { targetVersion: 'v1.1.12' },
      /v1.1.12 is not installed/,
    ],
    ['a way back', (h) => (h.cloud.description = describes('v1.1.16', '1')), {}, /no way back/],
    [
      'an older build of the same version',
      (h) => (h.cloud.description = describes('v1.1.15', '202601010101')),
      {},
      /v1.1.15-202506010101 is older than the deployed v1.1.15-202601010101/,
    ],
    [
      'a build that is not the published one',
      () => undefined,
      { targetVersion: 'v1.1.15-2' },
      /is version v1.1.15-202506010101, asked for is v1.1.15-2/,
    ],
    [
      'a version whose address is not known',
      () => undefined,
      { targetVersion: 'v1.2.0' },
      /name it in console.templateUrl/,
    ],
    [
      'an address with the template of another variant',
      () => undefined,
      { templateUrl: NEW.replace('-global.', '-cn.') },
      /does not end in/,
    ],
    [
      'a template that cannot be read',
      (h) => delete h.cloud.templates[NEW],
      {},
      /cannot be read: S3 error/,
    ],
    [
      'a template of something else',
      (h) => (h.cloud.templates[NEW] = { description: 'x', parameters: {} }),
      {},
      /is not a console/,
    ],
    [
      'a template of another variant',
      (h) =>
        (h.cloud.templates[NEW] = { ...h.cloud.templates[NEW]!, parameters: { OIDCProvider: {} } }),
      {},
      /is variant 3 \(OIDC\), deployed is 1/,
    ],
    [
      'a template of another version',
      (h) => (h.cloud.templates[NEW] = h.cloud.templates[OLD]!),
      {},
      /is version v1.1.5-202403071513, asked for is v1.1.15/,
    ],
  ])('refuses %s', async (_, spoil, change, message) => {
    const h = await harness();
    spoil(h);
    await expect(h.read(change)).rejects.toMatchObject({
      name: 'PreflightError',
      message: expect.stringMatching(message),
    });
  });

  test('finds the odd folder of v1.1.5 in China', async () => {
    const url =
      'https://aws-gcr-solutions.s3.cn-north-1.amazonaws.com.cn/clickstream-analytics-on-aws/v1.1.5-202403070738-4a220005/cn/cloudfront-s3-control-plane-stack-cn.template.json';
    const parameters = {
      Email: {},
      IAMCertificateId: {},
      DomainName: {},
      OIDCProvider: {},
      OIDCClientId: {},
    };
    const description = describes('v1.1.5', '202403070738');
    const h = await harness(templates({ [url]: { description, parameters } }), OLD, {
      Email: 'a',
      IAMCertificateId: 'c',
      DomainName: 'd',
      OIDCProvider: 'o',
      OIDCClientId: 'i',
    });
    h.cloud.stackId =
      'arn:aws-cn:cloudformation:cn-north-1:000000000000:stack/clickstream-console/1';
    h.cloud.description = describes('v1.0.2', '1');
    await expect(h.read({ targetVersion: 'v1.1.5' })).resolves.toMatchObject({
      variant: 6,
      plan: { templateUrl: url },
    });
    await expect(h.read()).rejects.toThrow(/goes through v1.1.5.*no address is known/);
  });

  test('names the update of somebody else, and adopts its own', async () => {
    const h = await harness();
    h.cloud.updateByOthers(OLD, 60);
    await expect(h.read()).rejects.toMatchObject({ name: 'StackBusyError' });
    await expect(h.read({ serviceRoleArn: null })).rejects.toMatchObject({
      findings: [expect.anything(), expect.stringContaining('not of this run')],
    });
    h.clock.pass(600_000);
    await h.started();
    await expect(h.read()).resolves.toMatchObject({ action: 'update' });
  });

  test('leaves a denied call to the operator in its own words', async () => {
    const h = await harness();
    h.cloud.before = (call) => {
      if (call === 'GetTemplateSummary') throw new AwsFault('AccessDenied', 'not authorized');
    };
    await expect(h.read()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
