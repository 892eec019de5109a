// What holds for every state of every machine, whatever it does.

import * as errors from '../../lambdas/shared/errors';
import { allDefinitions, statesOf } from '../support/definitions';

const definitions = allDefinitions();
const errorNames = Object.values(errors)
  .filter((value) => typeof value === 'function' && value.prototype instanceof errors.RunbookError)
  .map((value) => new (value as new (...args: unknown[]) => errors.RunbookError)([], {}).name);

it('there are machines to look at', () => {
  expect(Object.keys(definitions)).toEqual(
    expect.arrayContaining([
      'example-clickstream-data-migration',
      'example-clickstream-console-update',
      'example-clickstream-answer',
      'example-clickstream-release',
      'example-rdw-backfill',
      'example-rdw-restore',
    ]),
  );
  expect(errorNames.length).toBeGreaterThan(15);
});

describe.each(Object.entries(definitions))('%s', (_name, definition) => {
  const states = statesOf(definition);
  const names = states.map(([name]) => name);

  it('is JSONata throughout', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    const other = states.filter(([, state]) => (state.QueryLanguage ?? 'JSONata') !== 'JSONata');
    expect(other).toEqual([]);
    expect(JSON.stringify(definition)).not.toMatch(
      /"(InputPath|OutputPath|ResultPath|Parameters|ResultSelector)"|\.\$"/,
    );
  });

  it('has names that are unique, short, and sentences', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 60 || !/^[A-Z][a-z]/.test(name))).toEqual([]);
    const questions = states.filter(([name, { Type }]) => Type === 'Choice' && !name.endsWith('?'));
    expect(questions.map(([name]) => name)).toEqual([]);
    const maps = states.filter(
      ([name, { Type }]) => Type === 'Map' && !name.startsWith('For each '),
    );
    expect(maps.map(([name]) => name)).toEqual([]);
  });

  it('says at every state what it does, and at every task what a redrive does', () => {
    expect(states.filter(([, { Comment }]) => !Comment).map(([name]) => name)).toEqual([]);
    const silent = states.filter(
      ([, { Type, Comment }]) => Type === 'Task' && !/on redrive/i.test(Comment!),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('has a timeout at every task', () => {
    const endless = states.filter(
      ([, { Type, TimeoutSeconds }]) => Type === 'Task' && !TimeoutSeconds,
    );
    expect(endless.map(([name]) => name)).toEqual([]);
  });

  it('retries and catches only errors that are classes of ours or names of the service', () => {
    const used = states.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap((one) => one.ErrorEquals),
    );
    const loose = used.filter(
      (name) => !errorNames.includes(name) && !/^(Lambda|States|Sandbox)\./.test(name),
    );
    expect(loose).toEqual([]);
  });

  it('never retries what an operator must look at', () => {
    const retried = states.flatMap(([, { Retry = [] }]) => Retry.flatMap((one) => one.ErrorEquals));
    expect(retried.filter((name) => errorNames.includes(name) && name !== 'TryAgainError')).toEqual(
      [],
    );
  });

  it('nests by Distributed Maps with STANDARD children, without a Retry of their own', () => {
    for (const [name, state] of states.filter(([, { Type }]) => Type === 'Map')) {
      expect([name, state.ItemProcessor!.ProcessorConfig]).toEqual([
        name,
        { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ]);
      expect(state.Retry).toBeUndefined();
      // None, all, or what the input says of the two.
      expect(String(state.ToleratedFailurePercentage)).toMatch(
        /^(undefined|0|100|\{% .* \? 0 : 100 %\})$/,
      );
    }
  });

  it('has no Fail state that an operator-repairable error is routed to', () => {
    const caught = states.flatMap(([, { Catch = [] }]) => Catch);
    expect(caught).toEqual([]);
  });

  it('labels its Maps differently, so that child executions can be told apart', () => {
    const labels = states.map(([, { Label }]) => Label).filter((label) => label !== undefined);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('sends a payload version with every call', () => {
    const payloads = states
      .filter(([, { Type }]) => Type === 'Task')
      .map(([name, { Arguments }]) => [name, Arguments!.Payload.version]);
    expect(payloads.filter(([, version]) => version !== 1)).toEqual([]);
  });
});

describe('the traps a definition can fall into', () => {
  const migration = definitions['example-clickstream-data-migration']!;
  const payload = (name: string) =>
    new Map(statesOf(migration)).get(name)!.Arguments!.Payload as Record<string, never>;

  it('trap 3: one CALL sp_migrate_data_to_v2(30) and wait: the parts are called instead, one chunk a statement', () => {
    expect(JSON.stringify(migration)).not.toContain('sp_migrate_data_to_v2');
    expect(payload('Run event batches')).toMatchObject({
      maxCalls: expect.anything(),
      plan: { kind: 'growing' },
    });
  });

  it('trap 6: (NULL, NULL, hours) for the base view after live loads resumed: explicit ranges from old to new, the last one up to now', () => {
    expect(payload('Run base view ranges')).toMatchObject({
      plan: { kind: 'ranges', to: 'now', tail: '{% $states.input.value.newest %}' },
    });
  });

  it('trap 10: growing windows with the whole procedure each time: events in batches, users, items and sessions once and after them', () => {
    const plans = ['user', 'item', 'session'].map((part) => payload(`Run ${part} migration`).plan);
    expect(plans).toEqual(Array(3).fill(expect.objectContaining({ kind: 'list' })));
    const order = statesOf(migration)
      .map(([name]) => name)
      .filter((name) => /^Run (event|user|item|session|base)/.test(name));
    expect(order).toEqual([
      'Run event batches',
      'Run user view refreshes',
      'Run user migration',
      'Run item migration',
      'Run session migration',
      'Run base view ranges',
    ]);
  });

  it('trap 8: cancelling a slow call and calling again: windows grow by a few days, so that a chunk is small', () => {
    expect(payload('Run event batches').plan).toMatchObject({
      by: '{% $states.input.common.batchDays %}',
    });
  });
});
