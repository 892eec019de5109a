// What must lie behind what in `clickstream-upgrade`: traps that only the order of its phases avoids.

import { clickstreamTemplate, type Definition, definitionsOf } from '../../support/definitions';

type Ways = Readonly<Record<string, readonly (string | undefined)[]>>;

const definitions = definitionsOf(clickstreamTemplate());
const upgrade = definitions['example-clickstream-upgrade']!;
const ways = waysOf(upgrade);

function waysOf({ States }: Definition): Ways {
  return Object.fromEntries(
    Object.entries(States).map(([name, state]) => {
      const { Choices = [], Default } = state as unknown as {
        readonly Choices?: readonly { readonly Next: string }[];
        readonly Default?: string;
      };
      return [name, [state.Next, ...Choices.map(({ Next }) => Next), Default]];
    }),
  );
}

/** Every state that can be reached from one, when another is taken out. */
function reached(from: string, without?: string): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    seen.add(name);
    const next = ways[name]!.filter((one) => one !== undefined);
    open.push(...next.filter((one) => !seen.has(one) && one !== without));
  }
  return seen;
}

/** No way leads to a state but through each of the others, and none leads back. */
function expectBehind(state: string, others: readonly string[]): void {
  expect(reached(upgrade.StartAt)).toContain(state);
  for (const other of others) {
    expect([...reached(upgrade.StartAt, other)]).not.toContain(state);
    expect([state, [...reached(state)].includes(other)]).toEqual([state, false]);
  }
}

const MIGRATION = 'For each application';
const POST = 'Start the upgrade of the pipeline';

it('trap 12: migrating while loads run: their causes are stopped and those on their way awaited, twice, before; they begin again behind', () => {
  const quiet = ['No new load begins', 'No load is on its way'];
  expectBehind(MIGRATION, [...quiet, ...quiet.map((name) => `${name} after the upgrade`)]);
  expectBehind('Let loads begin again', [MIGRATION, 'All applications done']);
});

it('trap 30: forgetting legacy load records: the pipeline is upgraded behind the last load', () => {
  expectBehind(POST, ['No new load begins', 'No load is on its way']);
});

it('trap 28: remembering the EMR application id across the upgrade: what was made anew is read before it is stopped or awaited', () => {
  const again = ['Read the upgraded pipeline'];
  expectBehind('Read the upgraded pipeline', ['The pipeline is upgraded']);
  expectBehind('Stop new loads after the upgrade', again);
  expectBehind('Wait for loads on their way after the upgrade', again);
  expectBehind(MIGRATION, again);
});

it('trap 13: waiting for the stack and then migrating: data move behind every schema', () => {
  expectBehind(MIGRATION, ['The pipeline is upgraded', 'For each schema', 'All schemas done']);
});

it('trap 20: recalculating before all base-view ranges are in: metrics come behind every application', () => {
  expectBehind('Recalculate the metrics', [MIGRATION, 'All applications done']);
});

it('trap 41: dropping legacy tables automatically: only where the input says so, behind the migration, a list and its approval', () => {
  const drops = 'For each application with legacy objects';
  const asked = 'Shall the legacy objects be dropped?';
  expectBehind(drops, [MIGRATION, 'All applications done', asked, 'Ask at gate cleanup']);
  const { Choices, Default } = upgrade.States[asked] as never as {
    Choices: { Condition: string; Next: string }[];
    Default: string;
  };
  expect(Choices).toEqual([
    { Condition: '{% $states.input.input.cleanup.dropLegacy %}', Next: 'List the legacy objects' },
  ]);
  expect(reached(Default)).not.toContain(drops);
});

it('changes nothing before there is a snapshot', () => {
  for (const change of ['Execute the change set of the console', POST, MIGRATION]) {
    expectBehind(change, ['The warehouse has a snapshot']);
  }
});

it('a dry run of the clean-up lists the legacy objects and ends', () => {
  const cleanup = waysOf(definitions['example-clickstream-legacy-cleanup']!);
  expect(cleanup['Only a dry run?']).toContain('Look at the legacy objects');
  expect(cleanup['Look at the legacy objects']!.filter((next) => next)).toEqual([
    'Report the plan',
  ]);
});
