import { Faults, faultOf } from '../../rehearsal/faults/faults';

const call = { task: 'RunBatches1A2B', service: 'redshift-data', operation: 'ExecuteStatement' };

describe('faults', () => {
  test('strike the named occasion only, counted among those that fit', () => {
    const faults = new Faults([faultOf('kind=lost-answer,operation=ExecuteStatement,nth=2')]);
    const kinds = [call, { ...call, operation: 'DescribeStatement' }, call, call].map(
      (occasion) => faults.take('call', occasion)?.kind,
    );
    expect(kinds).toEqual([undefined, undefined, 'lost-answer', undefined]);
    expect(faults.applied).toHaveLength(1);
  });

  test('without nth strike always, with times so often', () => {
    const always = new Faults([faultOf({ kind: 'throttle', service: 'redshift-data' })]);
    const twice = new Faults([faultOf({ kind: 'throttle', service: 'redshift-data', times: 2 })]);
    const struck = (faults: Faults) => [1, 2, 3].map(() => faults.take('call', call) !== undefined);
    expect(struck(always)).toEqual([true, true, true]);
    expect(struck(twice)).toEqual([true, true, false]);
  });

  test('armed later count from then on', () => {
    const faults = new Faults();
    expect(faults.take('call', call)).toBeUndefined();
    faults.arm(faultOf('kind=throttle,service=redshift-data,nth=1'));
    const struck = [1, 2].map(() => faults.take('call', call)?.kind);
    expect(struck).toEqual(['throttle', undefined]);
  });

  test('with a seed strike the same occasions every time', () => {
    const run = () => {
      const faults = new Faults([
        faultOf('kind=error,service=redshift-data,probability=0.3,seed=7'),
      ]);
      return Array.from({ length: 100 }, () => faults.take('call', call) !== undefined);
    };
    expect(run()).toEqual(run());
    const struck = run().filter(Boolean).length;
    expect(struck).toBeGreaterThan(15);
    expect(struck).toBeLessThan(45);
  });

  test('find statements by a part of their text', () => {
    const faults = new Faults([faultOf('kind=error,sql=INSERT INTO event_v2')]);
    expect(faults.take('statement', { sql: 'insert into event_v2 select 1' })).toBeDefined();
    expect(faults.take('statement', { sql: 'select 1' })).toBeUndefined();
  });

  test.each([
    ['its name', 'Run event batches', true],
    ['a beginning of it', 'Run event*', true],
    ['a name it only begins with', 'Run event', false],
    ['another name', 'Check the input', false],
  ])('find a call by its state: %s', (_, state, struck) => {
    const faults = new Faults([faultOf(`kind=kill,service=redshift-data,state=${state},nth=1`)]);
    const occasion = { ...call, state: 'Run event batches' };
    expect(faults.take('call', call)).toBeUndefined();
    expect(faults.take('call', occasion) !== undefined).toBe(struck);
  });

  test('are written with blanks and commas, or as JSON', () => {
    const state = 'Look, then wait: what next?';
    const wanted = { kind: 'kill', state, sql: 'select a, b', nth: 2 };
    expect(faultOf(`kind=kill,state=${state},sql=select a, b,nth=2`)).toEqual(wanted);
    expect(faultOf(JSON.stringify(wanted))).toEqual(wanted);
  });

  test('of a task without an operation strike its invocation', () => {
    const faults = new Faults([faultOf('kind=kill,task=RunBatches,nth=1')]);
    expect(faults.take('call', call)).toBeUndefined();
    expect(faults.take('invocation', { task: 'RunBatches1A2B' })).toBeDefined();
  });

  test.each([
    ['kind=explode', 'kind must be one of error, throttle'],
    ['kind=kill,tsk=RunBatches', 'unknown member tsk'],
    ['kind=kill,nth=first', 'nth must be a number'],
    ['kill', '"kill" is not key=value'],
  ])('refuses %s', (text, message) => {
    expect(() => faultOf(text)).toThrow(message);
  });
});
