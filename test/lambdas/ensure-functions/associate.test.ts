import { parseRole } from '../../../lambdas/shared/functions/role-hosts';
import { FunctionsHarness, ROLE } from '../../support/fake-functions';
import { MemoryLedger } from '../../support/memory-ledger';

const open = () => new FunctionsHarness(new MemoryLedger().ledger).open();
const COPY = 'arn:aws:iam::000000000000:role/copy';
const DEFAULT = 'arn:aws:iam::000000000000:role/z';
const THEIRS = 'arn:aws:iam::000000000000:role/theirs';

it('passes every role the namespace has with ours, and leaves the default one what it was', async () => {
  const h = await open();
  await h.invoke();
  expect(h.roles.written).toEqual([
    { namespaceName: 'space', iamRoles: [COPY, DEFAULT, ROLE], defaultIamRoleArn: DEFAULT },
  ]);
});

it('names no default role where there is none', async () => {
  const h = await open();
  h.roles.defaultRole = undefined;
  await h.invoke();
  expect(h.roles.written).toEqual([
    expect.objectContaining({ defaultIamRoleArn: undefined, iamRoles: [COPY, DEFAULT, ROLE] }),
  ]);
});

it('adds our role alone to a cluster, whose others stay', async () => {
  const h = await open();
  await h.invoke({ warehouse: { cluster: 'c', database: 'd', roleArn: 'data-api' } });
  expect(h.roles.written).toEqual([{ ClusterIdentifier: 'c', AddIamRoles: [ROLE] }]);
  expect(h.roles.roles).toEqual([COPY, DEFAULT, ROLE]);
});

it.each([{ workgroup: 'w' }, { cluster: 'c' }])(
  'asks nothing of %j that has our role already',
  async (where) => {
    const h = await open();
    h.roles.roles = [...h.roles.roles, ROLE];
    await h.invoke({ warehouse: { ...where, database: 'd' } });
    expect(h.roles.written).toEqual([]);
  },
);

it('makes no function before the role can be used', async () => {
  const h = await open();
  h.warehouse.before = (_, { Sql }) => {
    const makes = String(Sql).includes('create external');
    expect([makes, h.roles.usable(ROLE)]).not.toEqual([true, false]);
  };
  await expect(h.invoke()).resolves.toMatchObject({ made: 6 });
});

it('keeps a role that somebody adds between our look and our change', async () => {
  const h = await open();
  h.roles.before = (call) => {
    if (call !== 'UpdateNamespace') return;
    h.roles.before = () => undefined;
    h.roles.add(THEIRS);
  };
  await h.invoke();
  expect(h.roles.roles).toEqual([COPY, DEFAULT, THEIRS, ROLE]);
});

it('adds our role again when somebody writes a list without it after us', async () => {
  const h = await open();
  h.roles.after = (call) => {
    if (call !== 'UpdateNamespace') return;
    h.roles.after = () => undefined;
    h.roles.roles = [COPY, DEFAULT, THEIRS];
  };
  await h.invoke();
  expect(h.roles.roles).toEqual([COPY, DEFAULT, THEIRS, ROLE]);
});

it.each([
  ['the answer is lost', 'after' as const, { name: 'TimeoutError' }],
  ['the service is busy', 'before' as const, { name: 'ThrottlingException' }],
])('settles by looking again when %s', async (_, moment, fault) => {
  const h = await open();
  h.roles[moment] = (call) => {
    if (call !== 'UpdateNamespace') return;
    h.roles[moment] = () => undefined;
    throw Object.assign(new Error(fault.name), fault);
  };
  await expect(h.invoke()).resolves.toMatchObject({ made: 6 });
  expect(h.roles.roles).toEqual([COPY, DEFAULT, ROLE]);
});

it('throws what it may not do, and changes nothing', async () => {
  const h = await open();
  h.roles.before = (call) => {
    if (call !== 'UpdateNamespace') return;
    throw Object.assign(new Error('not authorized to perform: iam:PassRole'), {
      name: 'AccessDeniedException',
    });
  };
  await expect(h.invoke()).rejects.toThrow(/iam:PassRole/);
  expect(h.changes).toEqual([]);
});

it('returns running when its time is over before the role can be used, and goes on when asked again', async () => {
  const h = await open();
  h.roles.busyUntil = h.clock.now() + 20 * 60_000;
  await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
  await expect(h.invoke()).resolves.toMatchObject({ status: 'done', made: 6 });
});

it('asks a person when the role does not come within an hour', async () => {
  const h = await open();
  h.roles.busyUntil = Number.POSITIVE_INFINITY;
  const turns = async () => {
    for (;;) await h.invoke();
  };
  await expect(turns()).rejects.toMatchObject({
    name: 'ExternalFunctionError',
    message: expect.stringMatching(/absent, another change is under way after an hour/),
  });
});

it('writes down what was associated, before and after', async () => {
  const h = await open();
  await h.invoke();
  expect(await h.items('function-role#')).toMatchObject([
    { role: ROLE, before: [COPY, DEFAULT], associatedAt: expect.any(String) },
  ]);
  const [note] = await h.items<{ text: string }>('note#-#function-role');
  expect(note!.text).toMatch(/was associated with namespace space/);
});

it.each([
  ['IamRole(applyStatus=in-sync, iamRoleArn=arn:aws:iam::1:role/a-b_c)', 'in-sync'],
  ['IamRole(iamRoleArn=arn:aws:iam::1:role/a-b_c, applyStatus=adding)', 'adding'],
  ['arn:aws:iam::1:role/a-b_c', 'in-sync'],
])('reads %s', (entry, status) => {
  expect(parseRole(entry)).toEqual({ arn: 'arn:aws:iam::1:role/a-b_c', status });
});

it('does not guess at an entry without an ARN, which a change would drop', () => {
  expect(() => parseRole('IamRole(applyStatus=in-sync)')).toThrow(/lists a role that is no ARN/);
});
