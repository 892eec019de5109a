import { gateKey } from '../../../lambdas/shared/gates';
import { startLedger } from '../../support/ledger';
import { NEW, OLD, RISKY, StackHarness, templates } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const prepared = async (catalogue = templates()) => {
  const h = await new StackHarness(db.ledger, catalogue).open();
  await h.prepare();
  return h;
};

describe('ask-change-set', () => {
  test('asks with what would change, and says which data would be lost', async () => {
    const all = templates();
    const h = await prepared({ ...all, [NEW]: { ...all[NEW]!, changes: [RISKY] } });
    await expect(h.ask()).resolves.toEqual({ status: 'asked' });
    const question = h.notices[0]!.lines[0]!;
    expect(question).toContain('on stack clickstream-console in eu-west-1');
    expect(question).toContain('0 added, 1 modified, 0 removed');
    expect(question).toContain('HOLDS DATA: Table (AWS::DynamoDB::Table) is replaced.');
    expect(h.passed).toEqual({});
  });

  test('the question of a console names the stop of Explorations', async () => {
    const h = await new StackHarness(db.ledger).open();
    const { plan } = await h.read();
    await h.prepare(plan);
    await h.ask();
    expect(h.notices[0]!.lines[0]).toContain('Explorations of every project on this console stop');
    expect(h.notices[0]!.lines[0]).toContain('v1.1.5-202403071513 becomes v1.1.15-202506010101');
  });

  test('an approval of the same content answers a rebuilt change set at once', async () => {
    const h = await prepared();
    await h.ask();
    await h.approve();
    h.cloud.changeSets.clear();
    await expect(h.prepare()).resolves.toMatchObject({ attempt: 2 });
    await expect(h.ask('token-2')).resolves.toEqual({ status: 'approved' });
    expect(h.passed['token-2']).toMatchObject({ gate: 'change-set', by: 'a person' });
  });

  test('asks again when the rebuilt change set holds something else', async () => {
    const h = await prepared();
    await h.ask();
    await h.approve();
    h.cloud.changeSets.clear();
    h.cloud.templates[NEW] = { ...h.cloud.templates[NEW]!, changes: [RISKY] };
    await h.prepare();
    await expect(h.execute()).resolves.toMatchObject({ status: 'changed' });
    await expect(h.ask('token-2')).resolves.toEqual({ status: 'asked' });
    await expect(db.ledger.get(gateKey(h.runId, 'change-set'))).resolves.toMatchObject({
      token: 'token-2',
      earlier: [expect.objectContaining({ answer: 'approve' })],
    });
  });

  test.each([
    ['obsolete', (h: StackHarness) => h.cloud.updateByOthers(OLD, 1)],
    ['deleted', (h: StackHarness) => h.cloud.changeSets.clear()],
  ])('hands back a change set that is %s instead of asking about it', async (_, spoil) => {
    const h = await prepared();
    spoil(h);
    await expect(h.ask()).resolves.toEqual({ status: 'stale' });
    expect(h.passed).toEqual({ 'token-1': { stale: true } });
    expect(h.notices).toEqual([]);
  });

  test('hands back when there is no change set at all', async () => {
    const h = await new StackHarness(db.ledger).open();
    await expect(h.ask()).resolves.toEqual({ status: 'stale' });
  });
});
