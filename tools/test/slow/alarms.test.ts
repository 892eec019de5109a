// Every alarm of every stack, driven to ALARM by what it is there for, and heard of through the topic; and what is
// heard when the topic's key does not let alarms use it.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import { exampleAssembly } from './permissions/assembly';
import { edited, onlyStack } from './permissions/rights';
import { start, startCloud, stopClouds } from './support';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** Cloud assembly's template of a stack, and its alarms on a metric with the machines they watch. */
interface Stack {
  readonly name: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

const assembly = exampleAssembly();
let stacks: Stack[];

beforeAll(() => {
  const templates = readdirSync(assembly()).filter((file) => file.endsWith('.template.json'));
  stacks = templates.map((file) => ({
    name: file.replace('.template.json', ''),
    resources: JSON.parse(readFileSync(path.join(assembly(), file), 'utf8')).Resources,
  }));
});
afterEach(stopClouds);

function alarmsOf({ resources }: Stack, metric?: string): { alarm: string; machine: string }[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => metric === undefined || Properties.MetricName === metric)
    .map(([alarm, { Properties }]) => {
      const [{ Value }] = Properties.Dimensions as [{ Value: { Ref: string } }];
      return { alarm, machine: String(resources[Value.Ref]!.Properties.StateMachineName) };
    });
}

/** An account with nothing in it but one stack: no machine gets beyond its first states. */
async function cloudOf(assemblyDir: string, stack: Stack, faults: string[] = []): Promise<Cloud> {
  const dir = onlyStack(assemblyDir, stack.name);
  return await startCloud({ assemblyDir: dir, clock: 'virtual', faults });
}

const begin = (cloud: Cloud, machine: string) => start(cloud, machine, { nonsense: true });

/** Alarms that came to ALARM, and those somebody was told of, by their logical ids. */
function reached(cloud: Cloud) {
  const logicalId = (name: string) =>
    cloud.resources.find(({ physicalId }) => physicalId === name)?.logicalId;
  const alarms = Object.entries(cloud.alarms.states)
    .filter(([, one]) => one.reached[0] === 'ALARM')
    .map(([name]) => logicalId(name));
  const told = cloud.notices
    .filter(({ by }) => by.startsWith('cloudwatch'))
    .map(({ message }) => logicalId(JSON.parse(message).AlarmName));
  return { alarms: alarms.sort(), told: told.sort() };
}

const ENDS: [string, string, (cloud: Cloud, machine: string) => string][] = [
  ['ExecutionsFailed', 'FAILED', begin],
  [
    'ExecutionsAborted',
    'ABORTED',
    (cloud, machine) => {
      const arn = begin(cloud, machine);
      cloud.engine.stop(arn);
      return arn;
    },
  ],
];

test.each(ENDS)(
  'each alarm on %s is raised by an execution that ends so, and is heard of',
  async (metric, status, end) => {
    const count = { alarms: 0 };
    for (const stack of stacks) {
      const alarms = alarmsOf(stack, metric);
      const cloud = await cloudOf(assembly(), stack);
      for (const { machine } of alarms) {
        const ended = await cloud.engine.finished(end(cloud, machine));
        expect([machine, ended.status]).toEqual([machine, status]);
      }
      await cloud.clock.sleep(120_000);
      const names = alarms.map(({ alarm }) => alarm).sort();
      expect(reached(cloud)).toEqual({ alarms: names, told: names });
      count.alarms += alarms.length;
    }
    expect(count.alarms).toBeGreaterThan(stacks.length);
  },
  300_000,
);

test('each alarm on ExecutionsTimedOut is raised by an execution that takes too long', async () => {
  for (const stack of stacks) {
    const dir = edited(assembly(), stack.name, impatient);
    const cloud = await cloudOf(dir, stack, ['kind=timeout,task=OpenRun,times=100']);
    const alarms = alarmsOf(stack, 'ExecutionsTimedOut');
    for (const { machine } of alarms) {
      const ended = await cloud.engine.finished(begin(cloud, machine));
      expect([machine, ended.status, ended.cause]).toEqual([machine, 'TIMED_OUT', undefined]);
    }
    const names = alarms.map(({ alarm }) => alarm).sort();
    expect(reached(cloud)).toEqual({ alarms: names, told: names });
  }
}, 300_000);

test('without the statement of the key, an alarm is raised and nobody hears of it', async () => {
  const [stack] = stacks as [Stack];
  const dir = edited(assembly(), stack.name, (template) => {
    const resources = Object.values(template.Resources as Record<string, Resource>);
    for (const { Type, Properties } of resources) {
      if (Type !== 'AWS::KMS::Key') continue;
      const policy = Properties.KeyPolicy as { Statement: { Principal?: { Service?: string } }[] };
      policy.Statement = policy.Statement.filter(
        ({ Principal }) => Principal?.Service !== 'cloudwatch.amazonaws.com',
      );
    }
  });
  const cloud = await cloudOf(dir, stack);
  const [{ alarm, machine }] = alarmsOf(stack, 'ExecutionsFailed').slice(-1) as [
    { alarm: string; machine: string },
  ];
  await cloud.engine.finished(begin(cloud, machine));
  await cloud.clock.sleep(120_000);
  expect(reached(cloud)).toEqual({ alarms: [alarm], told: [] });
  expect(cloud.problems.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('kms:'),
  );
}, 120_000);

/** Gives each execution of the stack one second. */
function impatient(template: Record<string, unknown>): void {
  for (const { Type, Properties } of Object.values(
    template.Resources as Record<string, Resource>,
  )) {
    if (Type !== 'AWS::StepFunctions::StateMachine') continue;
    const { 'Fn::Join': join } = Properties.DefinitionString as { 'Fn::Join': [string, string[]] };
    join[1][0] = join[1][0]!.replace(/^\{/, '{"TimeoutSeconds":1,');
  }
}
