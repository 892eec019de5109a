// What the engine runs is what our machines use, and a short list of what is kept for a reason. The
// definitions are those of the synthesized example stack.
import { allDefinitions, type Definition, statesOf } from '../../../test/support/definitions';
import * as allowed from '../../rehearsal/engine/fields';
import { House } from './house';

type Json = Readonly<Record<string, unknown>>;

/** Whoever exports steps has users who put them into machines with states of their own. */
const USERS = 'users put the exported steps into machines of their own';

/** Accepted and used by none of our machines: a pattern, and why it is kept. */
const KEPT: readonly (readonly [RegExp, string])[] = [
  [
    /^Parallel\b|^branch\./,
    `${USERS}, in branches too; a redrive of one branch must be theirs to see`,
  ],
  [/^mode INLINE$/, `${USERS}, in small loops too`],
  [/\.Catch$|^Catch\./, `${USERS}; what a Catch takes from a redrive must be theirs to see`],
  [/\.Assign$/, `${USERS}; variables after a redrive are what this bed must show`],
  [/^Fail\b/, 'design: a refusal that needs another input; no runbook has one yet'],
  [
    /^machine\.TimeoutSeconds$/,
    'a redrive starts it anew; our machines wait for people and have none',
  ],
  [/^Task\.HeartbeatSeconds$/, `${USERS}: a gate of theirs may want heartbeats`],
  [/^Map\.ToleratedFailureCount$/, 'beside the percentage, whichever is exceeded first'],
  [/^Wait\.Seconds$/, `${USERS}; ours wait for appointed times only`],
  [/^(Pass|Wait|Choices|Choice)\.Output$/, 'the same rule of one field for every state'],
  [/^(Pass|Map|Wait)\.End$/, 'the last state of a machine may be of any kind'],
  [/\bComment$|^machine\.Version$/, 'says nothing to the engine'],
  [
    /^(Succeed|Wait|Pass|Parallel|Map)\.QueryLanguage$/,
    'CDK writes it for states made without a machine',
  ],
  [/^Map\.Retry$/, 'a retry makes a new Map Run, and a test forbids it to our machines'],
];

const fieldsOf = (type: allowed.StateType) => [...allowed.COMMON, ...allowed.FIELDS[type]];
const named = (group: string, fields: readonly string[]) =>
  fields.map((field) => `${group}.${field}`);

const ACCEPTED: readonly string[] = [
  ...named('machine', allowed.TOP),
  ...(Object.keys(allowed.FIELDS) as allowed.StateType[]).flatMap((type) =>
    named(type, fieldsOf(type)),
  ),
  ...Object.entries(allowed.ENTRIES).flatMap(([field, entry]) => named(field, entry.fields)),
  ...named('processor', allowed.PROCESSOR),
  ...named('config', allowed.CONFIG),
  ...named('branch', allowed.BRANCH),
  ...named('Arguments', allowed.INVOKE_ARGUMENTS),
  ...['lambda:invoke', 'lambda:invoke.waitForTaskToken'].map((name) => `resource ${name}`),
  ...['INLINE', 'DISTRIBUTED'].map((mode) => `mode ${mode}`),
];

function featuresOf(definition: Definition): string[] {
  const keys = (group: string, json: unknown) => named(group, Object.keys((json ?? {}) as Json));
  const inStates = statesOf(definition).flatMap(([, state]) => {
    const { Type: type, Resource, ItemProcessor: processor } = state;
    const entries = Object.keys(allowed.ENTRIES).flatMap((field) =>
      (((state as unknown as Json)[field] ?? []) as Json[]).flatMap((entry) => keys(field, entry)),
    );
    return [
      ...keys(type, state),
      ...entries,
      ...(type === 'Task' ? keys('Arguments', state.Arguments) : []),
      ...keys('processor', processor),
      ...keys('config', processor?.ProcessorConfig),
      ...(processor ? [`mode ${processor.ProcessorConfig.Mode}`] : []),
      ...(Resource ? [`resource ${Resource.split(':::')[1]}`] : []),
    ];
  });
  return [...keys('machine', definition), ...inStates];
}

const machines = Object.entries(allDefinitions());
const users = new Map<string, string[]>();
for (const [machine, definition] of machines) {
  for (const feature of new Set(featuresOf(definition))) {
    users.set(feature, [...(users.get(feature) ?? []), machine]);
  }
}
const unused = ACCEPTED.filter((feature) => !users.has(feature));

test.each(machines)('%s is accepted as it is synthesized', (name, definition) => {
  const text = JSON.stringify(definition).replaceAll('Ref:AWS::Partition', 'aws');
  expect(new House().create(name, JSON.parse(text))).toContain(name);
});

test.each([...users].map(([feature, names]) => [feature, names.join(', ')] as const).sort())(
  '%s is accepted, because it is used by %s',
  (feature) => {
    expect(ACCEPTED).toContain(feature);
  },
);

test.each(unused)('%s is used by no machine and kept for a reason', (feature) => {
  expect(KEPT.filter(([pattern]) => pattern.test(feature))).not.toEqual([]);
});

test.each(KEPT)('the list keeps only what no machine uses: %s (%s)', (pattern) => {
  expect(unused.filter((feature) => pattern.test(feature))).not.toEqual([]);
});
