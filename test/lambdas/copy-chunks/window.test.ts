import fc from 'fast-check';
import { partsOf } from '../../../lambdas/shared/copy/window';

const window = (after: bigint, to: bigint, rows: bigint, bytes: bigint) => ({
  after,
  to,
  print: { rows, bytes, crc: 0n, md5: 0n },
});

describe('the parts of a window', () => {
  it('leave no gap, do not overlap, and none is empty of keys', () => {
    const big = (max: bigint) => fc.bigInt({ min: 1n, max });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -10n, max: 2n ** 64n }),
        big(10n ** 12n),
        big(100_000n),
        big(2n ** 30n),
        (after, keys, rows, bytes) => {
          const parts = partsOf(window(after, after + keys, rows, bytes), 2_000n, 1_048_576n);
          expect([parts[0]!.after, parts.at(-1)!.to]).toEqual([after, after + keys]);
          for (const [i, part] of parts.entries()) {
            expect(part.to > part.after).toBe(true);
            expect(parts[i + 1]?.after ?? part.to).toBe(part.to);
          }
        },
      ),
    );
  });

  it('are as many as rows or bytes ask for', () => {
    expect(partsOf(window(0n, 10_000n, 10_000n, 1n), 2_000n, 1_000n)).toHaveLength(5);
    expect(partsOf(window(0n, 10_000n, 10n, 3_500n), 2_000n, 1_000n)).toHaveLength(4);
    expect(partsOf(window(0n, 2n, 1_000n, 9_000n), 2n, 1n)).toHaveLength(2);
  });
});
