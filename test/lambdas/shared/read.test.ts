import { DataApi } from '../../../lambdas/shared/data-api';
import { noteWarehouse, readNow, stopReadings } from '../../../lambdas/shared/read';
import { FakeClock, FakeWarehouse, type ScriptedStatement } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import { newRunId } from '../../support/runs';

const TARGET = { workgroup: 'w', database: 'd' };
const STATEMENT = { sql: '/* run rows */ select 1', parameters: [] };

function reading(script: ScriptedStatement) {
  const clock = new FakeClock();
  const warehouse = new FakeWarehouse(clock, () => script);
  const api = new DataApi(warehouse.client as never, TARGET);
  const read = (wanted: () => boolean = () => true) =>
    readNow({ api, clock, wanted: async () => wanted() }, STATEMENT, 'run', 'rows');
  return { clock, warehouse, api, read };
}

it('reads to the end, however many rounds that takes', async () => {
  await expect(reading({ seconds: 80, rows: [{ n: '1' }] }).read()).resolves.toEqual([{ n: '1' }]);
});

it('leaves no reading behind that takes too long: the retry starts another', async () => {
  const { warehouse, read } = reading({ seconds: 600 });
  await expect(read()).rejects.toMatchObject({ name: 'TryAgainError' });
  expect(warehouse.statements.map((one) => warehouse.state(one))).toEqual(['ABORTED']);
});

it('cancels a reading within 30 s of the stop of its execution', async () => {
  const { clock, warehouse, read } = reading({ seconds: 600 });
  const began = clock.now();
  await expect(read(() => clock.now() - began < 25_000)).rejects.toThrow('execution was stopped');
  expect(warehouse.statements[0]!.cancelledAt! - began).toBeLessThanOrEqual(55_000);
});

it('takes a reading that somebody else cancelled as one to repeat', async () => {
  const { clock, warehouse, read } = reading({ seconds: 600 });
  warehouse.onWait = () => {
    warehouse.statements[0]!.cancelledAt = clock.now();
  };
  await expect(read()).rejects.toMatchObject({ name: 'TryAgainError' });
});

describe('ending what a run still reads', () => {
  let db: Awaited<ReturnType<typeof startLedger>>;
  beforeAll(async () => {
    db = await startLedger();
  });
  afterAll(() => db.stop());

  async function left(mayAct: () => Promise<boolean>, mayList = true) {
    const runId = newRunId();
    await noteWarehouse(db.ledger, runId, TARGET);
    await noteWarehouse(db.ledger, runId, TARGET);
    const { warehouse, api } = reading({ seconds: 600 });
    for (const name of ['read:rows;', 'read:log;', 'events:-:000000.1:1;']) {
      await api.submit(STATEMENT, `ur:${runId}:${name}`, name, 1);
    }
    warehouse.mayList = mayList;
    await stopReadings({ ledger: db.ledger, dataApi: () => api }, runId, mayAct);
    return warehouse.statements.map((one) => warehouse.state(one));
  }

  it('cancels the readings, and not the work, which has an owner', async () => {
    expect(await left(async () => true)).toEqual(['ABORTED', 'ABORTED', 'STARTED']);
  });

  it('asks before each whether it may still act', async () => {
    const answers = [true, false];
    expect(await left(async () => answers.shift()!)).toEqual(['ABORTED', 'STARTED', 'STARTED']);
  });

  it('leaves them alone where the role may not list', async () => {
    expect(await left(async () => true, false)).toEqual(['STARTED', 'STARTED', 'STARTED']);
  });
});
