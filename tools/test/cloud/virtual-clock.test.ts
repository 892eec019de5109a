import { type Participant, VirtualClock } from '../../rehearsal/clock';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the virtual clock', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock(1_000_000);
  });
  afterEach(() => clock.stop());

  test('jumps over a sleep of days at once', async () => {
    await clock.sleep(7 * 24 * 3600_000);
    expect(clock.now()).toBe(1_000_000 + 7 * 24 * 3600_000);
    expect(clock.jumps).toBe(1);
  });

  test('wakes sleepers in the order of their instants, equal ones in the order they came', async () => {
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now() - 1_000_000}`);
    };
    await Promise.all([sleeper('c', 30), sleeper('a', 10), sleeper('b1', 20), sleeper('b2', 20)]);
    expect(woken).toEqual(['a 10', 'b1 20', 'b2 20', 'c 30']);
  });

  test('takes what happens in the background along, but does not go there for it', async () => {
    const happened: number[] = [];
    for (const ms of [10, 20, 30]) {
      clock.at(clock.now() + ms, () => happened.push(ms), 'background');
    }
    for (let i = 0; i < 20; i++) await turn();
    expect(happened).toEqual([]);
    await clock.sleep(25);
    expect(happened).toEqual([10, 20]);
    expect(clock.now()).toBe(1_000_025);
  });

  test('looks once before a long jump, whatever happens in the background on the way', async () => {
    const patient = new VirtualClock(0, 150);
    let ticks = 0;
    const tick = () => {
      ticks++;
      patient.at(patient.now() + 600_000, tick, 'background');
    };
    patient.at(600_000, tick, 'background');
    const began = Date.now();
    await patient.sleep(24 * 3600_000);
    const took = Date.now() - began;
    patient.stop();
    expect(ticks).toBeGreaterThan(140);
    expect(took).toBeGreaterThanOrEqual(145);
    // Once, and not at each of the 144 ticks.
    expect(took).toBeLessThan(144 * 150);
  });

  test('stands still while somebody holds it', async () => {
    const slept = clock.sleep(10);
    const release = clock.hold();
    for (let i = 0; i < 20; i++) await turn();
    expect(clock.now()).toBe(1_000_000);
    release();
    await slept;
    expect(clock.now()).toBe(1_000_010);
  });

  test('lets promise chains end before it jumps', async () => {
    const order: string[] = [];
    const slept = clock.sleep(1).then(() => order.push('jump'));
    let chain = Promise.resolve();
    for (let i = 0; i < 1000; i++) chain = chain.then(() => {});
    await chain.then(() => order.push('chain'));
    await slept;
    expect(order).toEqual(['chain', 'jump']);
  });

  test('takes back the sleep of an aborted caller', async () => {
    const abort = new AbortController();
    const slept = clock.sleep(50, abort.signal);
    abort.abort(new Error('hung up'));
    await expect(slept).rejects.toThrow('hung up');
    await clock.sleep(10);
    expect(clock.now()).toBe(1_000_010);
  });

  test('does not jump to a timer that was cancelled', async () => {
    clock.at(1_000_005, () => {})();
    await clock.sleep(10);
    expect(clock.jumps).toBe(1);
  });

  test('waits for a participant that computes and takes its timers into account', async () => {
    const answers = [undefined, undefined, 1_000_004, Number.POSITIVE_INFINITY];
    const advancedTo: number[] = [];
    const worker: Participant = {
      settle: async () => answers.shift(),
      advanced: () => advancedTo.push(clock.now()),
    };
    const leave = clock.join(worker);
    await clock.sleep(10);
    leave();
    expect(advancedTo).toEqual([1_000_004]);
    expect(clock.jumps).toBe(2);
  });

  test('sees a hold that is released while it stops checking', async () => {
    for (let i = 0; i < 50; i++) {
      const release = clock.hold();
      const slept = clock.sleep(1);
      void turn().then(release);
      await slept;
    }
    expect(clock.now()).toBe(1_000_050);
  });

  test('gives those who look from outside a moment before hours pass, and none before minutes', async () => {
    const looking = new VirtualClock(0, 2_000);
    const moment = new Promise((resolve) => setTimeout(resolve, 1_500, 'late'));
    expect(await Promise.race([looking.sleep(60_000), moment])).toBeUndefined();
    const gate = looking.sleep(7 * 24 * 3600_000).then(() => 'timed out');
    const approved = new Promise((resolve) => setTimeout(resolve, 20, 'approved'));
    expect(await Promise.race([gate, approved])).toBe('approved');
    expect(looking.now()).toBe(60_000);
    looking.stop();
  });

  test('makes ten thousand jumps', async () => {
    for (let i = 0; i < 10_000; i++) await clock.sleep(30_000);
    expect(clock.jumps).toBe(10_000);
  });
});
