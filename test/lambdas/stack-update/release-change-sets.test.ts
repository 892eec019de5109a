import { deleteChangeSets } from '../../../lambdas/release-run/change-sets';
import { runKey } from '../../../lambdas/shared/ledger';
import { AwsFault } from '../../support/fake-cloudformation';
import { startLedger } from '../../support/ledger';
import { StackHarness } from '../../support/stack-update';

let db: Awaited<ReturnType<typeof startLedger>>;
beforeAll(async () => {
  db = await startLedger();
});
afterAll(() => db.stop());
const harness = () => new StackHarness(db.ledger).open();
const noteOf = async (h: StackHarness) =>
  db.ledger.get(runKey(h.runId, `note#release#${(await h.latest())!.name}`));

describe('giving up a run with a change set', () => {
  test('deletes one that waits for its approval', async () => {
    const h = await harness();
    await h.prepare();
    await expect(deleteChangeSets(h.deps, h.runId)).resolves.toEqual([]);
    expect(h.cloud.changeSets.size).toBe(0);
    await expect(deleteChangeSets(h.deps, h.runId)).resolves.toEqual([]);
  });

  test('deletes one whose execution was intended and never began', async () => {
    const h = await harness();
    await h.prepare();
    await h.approve();
    h.cloud.before = (call) => {
      if (call === 'ExecuteChangeSet') throw new AwsFault('ServiceUnavailable');
    };
    await expect(h.execute()).rejects.toThrow('ServiceUnavailable');
    expect((await h.latest())!.state).toBe('executing');
    await deleteChangeSets(h.deps, h.runId);
    expect(h.cloud.changeSets.size).toBe(0);
  });

  test('leaves one that was executed to CloudFormation', async () => {
    const h = await (await harness()).started();
    await deleteChangeSets(h.deps, h.runId);
    expect(h.cloud.count('DeleteChangeSet')).toBe(0);
  });

  test.each([
    [
      'a missing right',
      'AccessDenied',
      'not authorized to perform: cloudformation:DeleteChangeSet',
    ],
    ['a stack that is gone', 'ValidationError', 'Stack [clickstream-console] does not exist'],
  ])('notes %s and goes on; a later release takes the note back', async (_, name, message) => {
    const h = await harness();
    await h.prepare();
    h.cloud.before = (call) => {
      if (call === 'DeleteChangeSet') throw new AwsFault(name, message);
    };
    const notes = await deleteChangeSets(h.deps, h.runId);
    expect(notes).toEqual([
      expect.stringMatching(/on stack clickstream-console in eu-west-1, look/),
    ]);
    expect(notes[0]).toContain(message);
    expect(await noteOf(h)).toMatchObject({ text: notes[0] });
    h.cloud.before = () => undefined;
    await expect(deleteChangeSets(h.deps, h.runId)).resolves.toEqual([]);
    expect(await noteOf(h)).toBeUndefined();
  });
});
