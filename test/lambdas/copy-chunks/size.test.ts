import { ChunkSize, LEAST_ROWS, MOST_ROWS } from '../../../lambdas/shared/copy/size';

const TARGET = { seconds: 0.5, bytes: 16 * 1_048_576 };

/** Seconds of chunks over rows of a cost that may change, each planned before the last one is known. */
function run(size: ChunkSize, chunks: number, secondsPerRow: number, bytesPerRow = 250): number[] {
  const taken: number[] = [];
  let planned = size.next;
  for (let i = 0; i < chunks; i++) {
    const rows = planned <= 2 * size.next ? planned : size.next;
    planned = size.next;
    const fits = size.cut(BigInt(rows), BigInt(rows * bytesPerRow), TARGET) ?? rows;
    taken.push(fits * secondsPerRow);
    size.learn(fits, fits * secondsPerRow, fits * bytesPerRow, TARGET);
  }
  return taken;
}

describe('the size of a chunk', () => {
  it('B3 comes to the time a chunk should take within twenty chunks, and stays there', () => {
    const size = new ChunkSize();
    run(size, 20, 0.000_02);
    expect(Math.max(...run(size, 50, 0.000_02))).toBeLessThanOrEqual(2 * TARGET.seconds);
    expect(size.next * 0.000_02).toBeCloseTo(TARGET.seconds, 1);
  });

  it('B3 is a tenth after a chunk that came to no end, and grows again', () => {
    const size = new ChunkSize();
    run(size, 30, 0.000_02);
    const before = size.next;
    size.tooSlow();
    expect(size.next).toBe(Math.floor(before / 10));
    for (let i = 0; i < 9; i++) size.tooSlow();
    expect(size.next).toBe(LEAST_ROWS);
    run(size, 30, 0.000_02);
    expect(size.next).toBeGreaterThan(before / 2);
  });

  it('B3 is right again within three chunks when rows cost ten times as much', () => {
    const size = new ChunkSize();
    run(size, 30, 0.000_02);
    expect(Math.max(...run(size, 20, 0.000_2).slice(2))).toBeLessThanOrEqual(5 * TARGET.seconds);
  });

  it('B3 grows by half at most, and stays between ten and a hundred thousand rows', () => {
    const size = new ChunkSize();
    size.learn(1_000, 0.000_1, 1_000, TARGET);
    expect(size.next).toBe(1_500);
    run(size, 50, 1e-9, 1);
    expect(size.next).toBe(MOST_ROWS);
    run(size, 50, 60);
    expect(size.next).toBe(LEAST_ROWS);
  });

  it('B3 believes a chunk far over its time at once', () => {
    const size = new ChunkSize();
    run(size, 30, 0.000_02);
    const rows = size.next;
    size.learn(rows, 5, rows * 250, TARGET);
    expect(size.next).toBe(Math.floor(rows / 10));
  });

  it('B3 follows bytes where they are more than time', () => {
    const size = new ChunkSize();
    run(size, 30, 1e-9, 100_000);
    expect(size.next * 100_000).toBeLessThanOrEqual(TARGET.bytes);
    expect(size.cut(1_000n, 400_000_000n, TARGET)).toBe(41);
    expect(size.cut(1n, 4_000_000_000n, TARGET)).toBeUndefined();
  });

  it('learns nothing from a chunk of a few rows', () => {
    const size = new ChunkSize();
    size.learn(3, 60, 10, TARGET);
    expect(size.next).toBe(1_000);
  });
});
