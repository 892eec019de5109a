import { ProgressItem } from '../../../lambdas/extract-slices/progress';
import { isEnd } from '../../../lambdas/extract-slices/server';
import type { Ledger } from '../../../lambdas/shared/ledger';
import { TokenLost } from '../../../lambdas/shared/worker-token';
import { mysqlError } from '../../support/fake-exports';
import { MemoryLedger } from '../../support/memory-ledger';

const source = { host: 'h', port: 3306, secretArn: 's', user: null, region: 'eu-west-1' };
const FIRST = { left: [{ from: 0, before: 9 }], span: 5, source };
const itemOf = (ledger: Ledger, worker: string) =>
  new ProgressItem(ledger, 'run-1', { id: 'PA' }, worker);

describe('progress', () => {
  it('is written by one of two workers', async () => {
    const { ledger } = new MemoryLedger();
    const [one, other] = [itemOf(ledger, 'one'), itemOf(ledger, 'other')];
    const seen = await one.load(FIRST);
    expect(await other.load(FIRST)).toEqual(seen);
    await one.save(seen, { emptied: true });
    await expect(other.save(seen, { emptied: true })).rejects.toBeInstanceOf(TokenLost);
    const late = itemOf(ledger, 'late');
    const now = await late.load(FIRST);
    expect(now).toMatchObject({ ...FIRST, emptied: true, version: 1, writer: 'one' });
    await late.save(now, { slice: 2 });
    await expect(one.save(await one.load(FIRST), { slice: 3 })).rejects.toBeInstanceOf(TokenLost);
  });

  it('is ours when the answer to our own write was lost and the client wrote it again', async () => {
    const memory = new MemoryLedger();
    const put = memory.put.bind(memory);
    const twice: MemoryLedger['put'] = async (...write) => {
      await put(...write);
      return put(...write);
    };
    const item = itemOf(Object.assign(memory, { put: twice }).ledger, 'one');
    await item.save(await item.load(FIRST), { emptied: true });
    await item.save(await item.load(FIRST), { slice: 2 });
    expect(await item.load(FIRST)).toMatchObject({ version: 2, emptied: true, slice: 2 });
  });
});

describe('an error of a statement', () => {
  it.each([
    ['interrupted', { errno: 1317 }],
    ['interrupted', { errno: 1053 }],
    ['lost', { fatal: true, code: 'PROTOCOL_CONNECTION_LOST' }],
    ['lost', { code: 'ECONNRESET' }],
    [undefined, { errno: 63985, code: 'UNKNOWN_CODE_PLEASE_REPORT' }],
    [undefined, {}],
  ])('says %s: %j', (end, members) => {
    expect(isEnd(mysqlError('x', members))).toBe(end);
  });
});
