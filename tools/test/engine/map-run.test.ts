import { distributed, House, type Payload, task, throws } from './house';

const each = (states: object, fields: object = {}) => ({
  StartAt: 'For each',
  States: { 'For each': distributed('Each', states, { End: true, ...fields }) },
});
const leaf = (fields: object = {}) => ({ Work: task('work', { End: true, ...fields }) });

function mapRuns(house: House, executionArn: string): Payload[] {
  return house.engine.listMapRuns(executionArn).items;
}

function children(house: House, executionArn: string) {
  return mapRuns(house, executionArn).flatMap(
    ({ mapRunArn }) => house.engine.listExecutions({ mapRunArn, maxResults: 1000 }).items,
  );
}

test('runs each item as an execution of its own and collects the outputs in order', async () => {
  const house = new House();
  house.functions.work = async ({ item }) => {
    await house.clock.sleep(1000 * (10 - item));
    return item * 2;
  };
  const run = await house.run(
    each(leaf(), {
      Items: '{% $states.input.items %}',
      ItemSelector: {
        item: '{% $states.context.Map.Item.Value %}',
        root: '{% $states.context.Execution.Id %}',
      },
    }),
    { items: [1, 2, 3] },
  );
  expect(run.output).toBe('[2,4,6]');
  expect(house.calls.work![0].root).toBe(run.executionArn);
  expect(house.types(run.executionArn)).toEqual([
    'ExecutionStarted',
    'MapStateEntered',
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
  const [mapRun] = mapRuns(house, run.executionArn);
  expect(mapRun.mapRunArn).toContain(':mapRun:machine/Each:');
  expect(mapRun).toMatchObject({ status: 'SUCCEEDED', itemCounts: { total: 3, succeeded: 3 } });
  const [child] = children(house, run.executionArn);
  expect(child!.executionArn).toContain(':execution:machine/Each:');
  expect(child!.stateMachineArn).toContain(':stateMachine:machine/Each');
  expect(house.published.map(({ detail }) => detail.executionArn)).toEqual([
    run.executionArn,
    run.executionArn,
  ]);
});

test('an object gives its entries, and a single item that JSONata unwrapped is one', async () => {
  const house = new House();
  house.functions.work = (payload) => payload;
  const keys = { ItemSelector: { k: '{% $states.context.Map.Item.Key %}' } };
  const run = await house.run(each(leaf(), { ...keys, Items: '{% $states.input.l[on] %}' }), {
    l: [{ on: true, id: 7 }, { on: false }],
  });
  // One match is no array: the fields of that one item are iterated, as AWS does.
  expect(JSON.parse(run.output!)).toEqual([{ k: 'on' }, { k: 'id' }]);
});

test('no item makes a Map Run that succeeds', async () => {
  const run = await new House().run(each(leaf()), []);
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: '[]' });
});

test('MaxConcurrency 1 is strictly one after the other', async () => {
  const house = new House();
  const log: string[] = [];
  house.functions.work = async (n) => {
    log.push(`begin ${n}`);
    await house.clock.sleep(1000);
    log.push(`end ${n}`);
  };
  await house.run(each(leaf(), { MaxConcurrency: 1 }), [1, 2]);
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
});

test.each([
  ['nothing', {}, 1, 'FAILED'],
  ['a count of 2, with 2', { ToleratedFailureCount: 2 }, 2, 'SUCCEEDED'],
  ['a count of 2, with 3', { ToleratedFailureCount: 2 }, 3, 'FAILED'],
  ['half, with 2 of 4', { ToleratedFailurePercentage: '{% 50 %}' }, 2, 'SUCCEEDED'],
  ['half, with 3 of 4', { ToleratedFailurePercentage: 50 }, 3, 'FAILED'],
  [
    'a count of 1 and all, with 2',
    { ToleratedFailureCount: 1, ToleratedFailurePercentage: 100 },
    2,
    'FAILED',
  ],
  ['all, with 4 of 4', { ToleratedFailurePercentage: 100 }, 4, 'SUCCEEDED'],
])('tolerates %s', async (_what, fields, failing, status) => {
  const house = new House();
  house.functions.work = (n) => (n <= failing ? throws('Broken')() : n);
  const run = await house.run(each(leaf(), fields), [1, 2, 3, 4]);
  expect(run.status).toBe(status);
});

test('too many failures stop the healthy children', async () => {
  const house = new House();
  house.functions.work = (n) => (n === 1 ? throws('Broken')() : house.clock.sleep(60_000));
  const run = await house.run(each(leaf(), { MaxConcurrency: 2 }), [1, 2, 3]);
  expect(run).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  });
  expect(house.types(run.executionArn).slice(-3)).toEqual([
    'MapRunFailed',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
  expect(mapRuns(house, run.executionArn)[0]).toMatchObject({
    status: 'FAILED',
    itemCounts: { failed: 1, aborted: 1, pending: 1, total: 3 },
  });
});

test('a redrive follows the Map Run: failed, aborted and pending children only', async () => {
  const house = new House();
  const broken = new Set([2]);
  house.functions.work = async (n) => {
    await house.clock.sleep(n * 1000);
    return broken.has(n) ? throws('Broken')() : n;
  };
  const run = await house.run(each(leaf(), { MaxConcurrency: 3 }), [1, 2, 3, 4, 5]);
  expect(run.status).toBe('FAILED');
  broken.clear();
  house.engine.redrive(run.executionArn);
  await house.pass(1);
  const [mapRun] = mapRuns(house, run.executionArn);
  expect(mapRun).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
  const again = await house.engine.finished(run.executionArn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '[1,2,3,4,5]' });
  expect(house.calls.work).toEqual([1, 2, 3, 4, 2, 3, 4, 5]);
  expect(house.types(run.executionArn)).toContain('MapRunRedriven');
  const counts = children(house, run.executionArn).map(({ redriveCount }) => redriveCount);
  expect(counts).toEqual([0, 1, 1, 1, 0]);
  expect(mapRuns(house, run.executionArn)).toHaveLength(1);
});

test('children wait for their turn to be redriven, and a stop gives them their old status', async () => {
  const house = new House();
  let broken = true;
  house.functions.work = async () => {
    await house.clock.sleep(1000);
    return broken ? throws('Broken')() : 1;
  };
  const fields = { MaxConcurrency: 1, ToleratedFailureCount: 1 };
  const run = await house.run(each(leaf(), fields), [1, 2]);
  expect(run.status).toBe('FAILED');
  broken = false;
  const statuses = () => children(house, run.executionArn).map(({ status }) => status);
  house.engine.redrive(run.executionArn);
  await house.pass(0.5);
  expect(statuses()).toEqual(['PENDING_REDRIVE', 'RUNNING']);
  house.engine.stop(run.executionArn);
  expect(statuses()).toEqual(['FAILED', 'ABORTED']);
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '[1,1]', redriveCount: 2 });
});

test('a child too old to be redriven stays failed and is counted again', async () => {
  const house = new House();
  house.functions.work = (n, call) => {
    if (n === 1) return throws('Broken')();
    return call <= 2 ? house.clock.sleep(15 * 86_400_000) : 2;
  };
  const fields = { ToleratedFailureCount: 1 };
  const arn = house.start(each(leaf(), fields), [1, 2]);
  await house.pass(15 * 86_400 - 1);
  house.engine.stop(arn);
  const again = await house.redrive(arn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '[2]' });
  expect(house.calls.work).toEqual([1, 2, 2]);
  expect(mapRuns(house, arn)[0].itemCounts).toMatchObject({ failuresNotRedrivable: 1 });
});

test('one too old and one that fails again are two failures', async () => {
  const house = new House();
  house.functions.work = (n, call) =>
    n === 1 || call > 2 ? throws('Broken')() : house.clock.sleep(15 * 86_400_000);
  const arn = house.start(each(leaf(), { ToleratedFailureCount: 1 }), [1, 2]);
  await house.pass(15 * 86_400 - 1);
  house.engine.stop(arn);
  expect((await house.redrive(arn)).error).toBe('States.ExceedToleratedFailureThreshold');
});

test('a Map whose Output failed after its Map Run succeeded does not run it again', async () => {
  const house = new House();
  house.functions.work = (n) => (n === 2 ? throws('Broken')() : n);
  const Output =
    '{% $states.context.Execution.RedriveCount > 0 ? $states.result : $states.input.no %}';
  const run = await house.run(each(leaf(), { Output, ToleratedFailureCount: 1 }), [1, 2]);
  expect(run.error).toBe('States.QueryEvaluationError');
  expect(await house.redrive(run.executionArn)).toMatchObject({ output: '[1]' });
  expect(house.calls.work).toEqual([1, 2]);
  expect(house.types(run.executionArn)).not.toContain('MapRunRedriven');
});

/** Three machines deep: for each site, for each table, for each batch. */
const nested = {
  StartAt: 'Begin',
  States: {
    Begin: task('note', { Next: 'For each site' }),
    'For each site': distributed(
      'Site',
      {
        'Open site': task('note', { Next: 'For each table' }),
        'For each table': distributed(
          'Table',
          {
            'Open table': task('note', { Next: 'For each batch' }),
            'For each batch': distributed(
              'Batch',
              { Prepare: task('note', { Next: 'Work' }), Work: task('work', { End: true }) },
              { Items: '{% [$states.input & "1", $states.input & "2"] %}', End: true },
            ),
          },
          { Items: '{% [$states.input & "x", $states.input & "y"] %}', End: true },
        ),
      },
      { Items: ['a', 'b'], End: true },
    ),
  },
};

test('a redrive goes through three levels of Map Runs into the state that failed', async () => {
  const house = new House();
  let broken = true;
  house.functions.note = (payload) => payload;
  house.functions.work = async (id) => {
    await house.clock.sleep(id === 'ay1' ? 2000 : id.startsWith('a') ? 1000 : 5000);
    return broken && id === 'ay1' ? throws('Broken')() : id;
  };
  const run = await house.run(nested, 'go');
  expect(run.error).toBe('States.ExceedToleratedFailureThreshold');
  expect(house.calls.note).toHaveLength(1 + 2 + 4 + 8);
  broken = false;
  const again = await house.redrive(run.executionArn);
  expect(again.output).toBe('[[["ax1","ax2"],["ay1","ay2"]],[["bx1","bx2"],["by1","by2"]]]');
  // What was finished anywhere is not done again; what was stopped goes on in its open state.
  expect(house.calls.note).toHaveLength(15);
  const done = house.calls.work!.slice(8);
  expect(done).toContain('ay1');
  expect(done.filter((id: string) => id.startsWith('b'))).toHaveLength(4);
  expect(done).toHaveLength(5);
  expect(house.asked.filter((line) => line.startsWith('states:RedriveExecution'))[0]).toMatch(
    /:execution:machine\/Site:[\w-]+$/,
  );
});

test('stop and redrive ten times in the middle of three levels still does each batch', async () => {
  const house = new House();
  house.functions.note = (payload) => payload;
  house.functions.work = async (id) => {
    await house.clock.sleep(30_000);
    return id;
  };
  const arn = house.start(nested, 'go');
  for (let i = 0; i < 10; i++) {
    await house.pass(4);
    house.engine.stop(arn);
    await house.pass(2);
    house.engine.redrive(arn);
  }
  const run = await house.engine.finished(arn);
  expect(run.output).toBe('[[["ax1","ax2"],["ay1","ay2"]],[["bx1","bx2"],["by1","by2"]]]');
  expect(house.calls.work).toHaveLength(8 * 11);
  expect(house.calls.note).toHaveLength(15);
  await house.pass(100);
  expect(house.engine.describeExecution(arn).status).toBe('SUCCEEDED');
});

test('a Map Run that tolerated its failures is left: the redrive reruns the settle task only', async () => {
  const house = new House();
  let broken = true;
  house.functions.work = (n) => (n === 2 && broken ? throws('Broken')() : n);
  house.functions.settle = (input) => (broken ? throws('ItemsNotDone')() : input);
  const run = await house.run(
    {
      StartAt: 'For each',
      States: {
        'For each': distributed('Each', leaf(), {
          ToleratedFailurePercentage: 100,
          Output: { redrives: '{% $states.context.Execution.RedriveCount %}' },
          Next: 'Settle',
        }),
        Settle: task('settle', { End: true }),
      },
    },
    [1, 2, 3],
  );
  expect(run).toMatchObject({ status: 'FAILED', error: 'ItemsNotDone' });
  broken = false;
  const again = await house.redrive(run.executionArn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: '{"redrives":0}' });
  expect(house.calls.work).toHaveLength(3);
  expect(mapRuns(house, run.executionArn)[0]).toMatchObject({
    status: 'SUCCEEDED',
    redriveCount: 0,
  });
});

test('a retry of the Map starts a new Map Run with all items', async () => {
  const house = new House();
  house.functions.work = (n, call) => (call === 2 ? throws('Broken')() : n);
  const Retry = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }];
  const run = await house.run(each(leaf(), { Retry, MaxConcurrency: 1 }), [1, 2]);
  expect(run.output).toBe('[1,2]');
  expect(house.calls.work).toEqual([1, 2, 1, 2]);
  expect(mapRuns(house, run.executionArn).map(({ status }) => status)).toEqual([
    'SUCCEEDED',
    'FAILED',
  ]);
});

test('results too large together fail the Map, and a redrive starts a new Map Run', async () => {
  const house = new House();
  let size = 200_000;
  house.functions.work = () => 'x'.repeat(size);
  const run = await house.run(each(leaf()), [1, 2]);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  size = 1;
  expect(await house.redrive(run.executionArn)).toMatchObject({ output: '["x","x"]' });
  expect(mapRuns(house, run.executionArn)).toHaveLength(2);
});

test('a child stopped by hand is not a failure: its result is missing', async () => {
  const house = new House();
  house.functions.work = (n) => house.clock.sleep(1000 * n).then(() => n);
  const arn = house.start(each(leaf()), [10, 20]);
  await house.pass(1);
  house.engine.stop(children(house, arn)[0]!.executionArn);
  expect(await house.engine.finished(arn)).toMatchObject({ status: 'SUCCEEDED', output: '[10]' });
});

test('stop takes the whole tree down at once', async () => {
  const house = new House();
  house.functions.note = (payload) => payload;
  house.functions.work = () => house.clock.sleep(60_000);
  const arn = house.start(nested, 'go');
  await house.pass(1);
  house.engine.stop(arn, 'Operator', 'enough');
  const sites = children(house, arn);
  const all = sites.flatMap((site) => [site, ...children(house, site.executionArn)]);
  expect(all.map(({ status }) => status)).toEqual(Array(6).fill('ABORTED'));
  expect(mapRuns(house, arn)[0].status).toBe('ABORTED');
  expect(house.types(arn).at(-1)).toBe('ExecutionAborted');
});

test('a role that may not start children fails the Map, and the redrive starts them', async () => {
  const house = new House();
  house.functions.work = (n) => n;
  house.denied.add('states:StartExecution');
  const run = await house.run(each(leaf()), [1]);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(house.asked).toContain(`states:StartExecution ${run.stateMachineArn}`);
  house.denied.clear();
  expect(await house.redrive(run.executionArn)).toMatchObject({ output: '[1]', redriveCount: 1 });
});

test('a thousand children of twenty turns each finish in seconds', async () => {
  const house = new House();
  house.functions.work = (n) => n - 1;
  const turns = {
    Work: task('work', { Next: 'More?' }),
    'More?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input > 0 %}', Next: 'Work' }],
      Default: 'End',
    },
    End: { Type: 'Succeed' },
  };
  const run = await house.run(each(turns, { MaxConcurrency: 40 }), Array(1000).fill(20));
  expect(run.status).toBe('SUCCEEDED');
  expect(house.calls.work).toHaveLength(20_000);
});
