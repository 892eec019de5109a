import {
  executionArnOf,
  executionName,
  ForeignWorker,
} from '../../../lambdas/shared/foreign-attempts';
import { followForeign, nextAttempt } from '../../../lambdas/shared/foreign-executions';
import { readTrouble, reasonOf } from '../../../lambdas/shared/foreign-trouble';
import { Token, TokenLost } from '../../../lambdas/shared/worker-token';
import { FakeMachine, type ScriptedTry } from '../../support/fake-machine';
import { FakeClock } from '../../support/fake-warehouse';
import { MemoryLedger } from '../../support/memory-ledger';
import { newRunId, serviceError } from '../../support/runs';

const MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:Theirs-1';
const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:ours:one';

class Harness {
  readonly clock = new FakeClock();
  readonly memory = new MemoryLedger();
  readonly machine: FakeMachine;
  readonly runId = newRunId();
  redriveCount = 0;

  constructor(script: (nth: number) => ScriptedTry = () => ({})) {
    this.machine = new FakeMachine(this.clock, MACHINE, (_, nth) => script(nth));
  }

  get sfn() {
    return this.machine.client as never;
  }

  async worker(name = 'request-1') {
    const { runId, redriveCount, clock } = this;
    const caller = { version: 1, runId, rootArn: ROOT, selfArn: ROOT, redriveCount };
    const token = await Token.take(this.memory.ledger, caller, 'work', name, clock.now);
    return ForeignWorker.open(this.memory.ledger, caller, 'work', token, name, clock.now);
  }

  readonly wish = {
    machineArn: MACHINE,
    input: async () => '{"a":1}',
    next: () => ({ again: 'yes' }),
    refuses: () => false,
    describe: (_: object, { arn }: { arn: string }, status: string) => `${arn} ended ${status}`,
  };

  follow(worker: ForeignWorker) {
    return followForeign(this.sfn, worker, this.wish);
  }
}

const FAILS: ScriptedTry = { ends: 'FAILED', reason: 'broken' };

describe('the name of an execution', () => {
  const name = (key: string, number = 1) =>
    executionName({ runId: 'run-20260101-0a1b2c3d4e', item: { map: 'm', key } }, 'schema', number);

  test.each(['shop', 'x'.repeat(127), 'ünïcode app', 'a.b'])(
    'is legal, short and the same for the same attempt: %s',
    (key) => {
      expect(name(key, 9_999)).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      expect(name(key)).toBe(name(key));
      expect(name(key)).toMatch(/^run-20260101-0a1b2c3d4e-schema-/);
    },
  );

  test('differs by item, also when only what was cut differs, by step and by attempt', () => {
    const long = 'x'.repeat(100);
    const names = [name(`${long}1`), name(`${long}2`), name('a.b'), name('a-b'), name('a-b', 2)];
    expect(new Set(names).size).toBe(names.length);
  });

  test('makes the ARN of the execution', () => {
    expect(executionArnOf(MACHINE, 'n')).toBe(
      'arn:aws:states:eu-west-1:000000000000:execution:Theirs-1:n',
    );
  });
});

describe('followForeign', () => {
  test('starts an execution of ours once, whoever asks, and tells its end', async () => {
    const h = new Harness();
    const worker = await h.worker();
    await worker.begin(MACHINE);
    await expect(h.follow(worker)).resolves.toBeUndefined();
    const successor = await h.worker('request-2');
    await expect(h.follow(successor)).resolves.toBeUndefined();
    h.clock.pass(60_000);
    await expect(h.follow(successor)).resolves.toMatchObject({ status: 'succeeded' });
    expect(h.machine.changes).toHaveLength(1);
    expect(h.machine.calls.filter((call) => call === 'StartExecution')).toHaveLength(1);
  });

  test('adopts what a lost answer started, also when it has ended since', async () => {
    const h = new Harness();
    const worker = await h.worker();
    await worker.begin(MACHINE);
    h.machine.after = () => {
      throw serviceError('TimeoutError');
    };
    await expect(h.follow(worker)).rejects.toThrow('TimeoutError');
    h.machine.after = () => undefined;
    h.clock.pass(3_600_000);
    await expect(h.follow(await h.worker('request-2'))).resolves.toMatchObject({
      status: 'succeeded',
    });
    expect(h.machine.changes).toHaveLength(1);
  });

  test('adopts an execution that exists although no description showed it yet', async () => {
    const h = new Harness();
    const worker = await h.worker();
    const { name } = await worker.begin(MACHINE);
    const one = h.machine.put(name!, { a: 1 });
    h.clock.pass(60_000);
    one.forgotten = true;
    h.machine.before = () => {
      one.forgotten = false;
    };
    await expect(h.follow(worker)).resolves.toMatchObject({ status: 'succeeded' });
    expect(h.machine.changes).toEqual([]);
  });

  test('a redrive whose answer was lost is asked for with the same token and takes place once', async () => {
    const h = new Harness((nth) => (nth === 1 ? FAILS : {}));
    const worker = await h.worker();
    await worker.adopt(h.machine.put('theirs', {}).arn);
    h.clock.pass(60_000);
    h.machine.after = () => {
      h.machine.after = () => undefined;
      throw serviceError('TimeoutError');
    };
    await expect(h.follow(worker)).rejects.toThrow('TimeoutError');
    const successor = await h.worker('request-2');
    await expect(h.follow(successor)).resolves.toBeUndefined();
    h.clock.pass(60_000);
    await expect(h.follow(successor)).resolves.toMatchObject({ status: 'succeeded' });
    expect(h.machine.changes).toEqual(['redrive theirs']);
  });

  test('a description that is behind does not make a redrive a failure', async () => {
    const h = new Harness((nth) => (nth === 1 ? FAILS : {}));
    const one = h.machine.put('theirs', {});
    const worker = await h.worker();
    await worker.adopt(one.arn);
    h.clock.pass(60_000);
    await h.follow(worker);
    const [, second] = one.tries.splice(1, 1);
    await expect(h.follow(worker)).resolves.toBeUndefined();
    expect(second).toBeUndefined();
    expect(h.machine.changes).toEqual(['redrive theirs']);
  });

  test('one that cannot be redriven after all is followed when somebody else has redriven it', async () => {
    const h = new Harness((nth) => (nth === 1 ? FAILS : { seconds: 600 }));
    const one = h.machine.put('theirs', {});
    const worker = await h.worker();
    await worker.adopt(one.arn);
    h.clock.pass(60_000);
    h.machine.before = () => {
      one.tries.push({ at: h.clock.now(), script: { seconds: 600 } });
    };
    await h.follow(worker);
    await expect(h.follow(worker)).resolves.toBeUndefined();
    h.clock.pass(600_000);
    await expect(h.follow(worker)).resolves.toMatchObject({ status: 'succeeded' });
    expect(h.machine.changes).toEqual([]);
  });

  test('one whose redrive is refused although it is said to be possible gives way to the next attempt', async () => {
    const h = new Harness(() => FAILS);
    const worker = await h.worker();
    await worker.adopt(h.machine.put('theirs', {}).arn);
    h.clock.pass(60_000);
    h.machine.before = () => {
      h.machine.before = () => undefined;
      throw serviceError('ExecutionNotRedrivable', 'Execution redrivable period exceeded.');
    };
    await h.follow(worker);
    await h.follow(worker);
    await h.follow(worker);
    expect(worker.all.map(({ state }) => state)).toEqual(['over', 'running']);
    expect(h.machine.changes).toEqual([expect.stringMatching(/^start /)]);
  });

  test('a redrive that an earlier visit meant to make is this visit’s try', async () => {
    const h = new Harness(() => FAILS);
    const worker = await h.worker();
    await worker.adopt(h.machine.put('theirs', {}).arn);
    h.clock.pass(60_000);
    h.machine.before = () => {
      throw new Error('killed');
    };
    await expect(h.follow(worker)).rejects.toThrow('killed');
    h.machine.before = () => undefined;
    h.redriveCount = 1;
    const later = await h.worker('request-2');
    await h.follow(later);
    h.clock.pass(60_000);
    await expect(h.follow(later)).rejects.toThrow('ended FAILED');
    expect(h.machine.changes).toEqual(['redrive theirs']);
  });

  test('one that Step Functions has forgotten gives way to the next attempt', async () => {
    const h = new Harness();
    const one = h.machine.put('theirs', {});
    const worker = await h.worker();
    await worker.adopt(one.arn);
    one.forgotten = true;
    await h.follow(worker);
    await h.follow(worker);
    expect(worker.all).toMatchObject([
      { state: 'over' },
      { state: 'running', about: { again: 'yes' } },
    ]);
    expect(worker.all.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('an attempt that ended without work gives way to one of a new name', async () => {
    const h = new Harness();
    const worker = await h.worker();
    await worker.begin(MACHINE);
    await h.follow(worker);
    await nextAttempt(worker, 'no work');
    await h.follow(worker);
    const names = worker.all.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    expect(h.machine.changes).toHaveLength(2);
  });

  test('a worker that lost its token does nothing any more', async () => {
    const h = new Harness();
    const worker = await h.worker();
    await worker.begin(MACHINE);
    await h.worker('request-2');
    await expect(h.follow(worker)).rejects.toThrow(TokenLost);
    expect(h.machine.changes).toEqual([]);
  });

  test('a worker that writes after an old look is refused', async () => {
    const h = new Harness();
    const worker = await h.worker();
    await worker.begin(MACHINE);
    const successor = await h.worker('request-2');
    await h.follow(successor);
    await expect(worker.save({ state: 'over' })).rejects.toThrow(TokenLost);
  });
});

describe('the trouble of an execution', () => {
  const troubleOf = (events: object[]) =>
    readTrouble({ send: async () => ({ events }) } as never, 'arn');

  test('names what execution, task and answers say, newest first and each once', async () => {
    const trouble = await troubleOf([
      { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'E', cause: 'C' } },
      { type: 'TaskFailed', taskFailedEventDetails: { error: 'E', cause: 'C' } },
      { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: { error: 'L' } },
      {
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '{"status":"ABORTED","queryId":"q"}' },
      },
      {
        type: 'TaskSucceeded',
        taskSucceededEventDetails: {
          output: '{"Payload":{"status":"FINISHED","reason":"already exists"}}',
        },
      },
      { type: 'MapIterationFailed', mapIterationFailedEventDetails: { index: 7 } },
    ]);
    expect(trouble).toEqual({
      texts: ['E: C', 'L', 'statement ABORTED'],
      statementId: 'q',
      index: 7,
      inFailState: false,
    });
    expect(reasonOf(trouble)).toBe('E: C | L | statement ABORTED');
  });

  test('bears output that was cut, is null or says nothing', async () => {
    const outputs = ['{"cut', 'null', '[]', '"x"'];
    const trouble = await troubleOf(
      outputs.map((output) => ({ type: 'TaskSucceeded', taskSucceededEventDetails: { output } })),
    );
    expect(trouble).toEqual({ texts: [], inFailState: false });
    expect(reasonOf(trouble)).toBe('its history gives no reason');
  });

  test('sees that the state it stopped in is a Fail state, and not one it went through', async () => {
    const entered = (type: string) => ({ type, stateEnteredEventDetails: { name: 'x' } });
    await expect(
      troubleOf([entered('FailStateEntered'), entered('TaskStateEntered')]),
    ).resolves.toMatchObject({ inFailState: true });
    await expect(
      troubleOf([entered('TaskStateEntered'), entered('FailStateEntered')]),
    ).resolves.toMatchObject({ inFailState: false });
  });
});
