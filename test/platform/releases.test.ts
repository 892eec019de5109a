// What a release must keep, so that executions started before it can still be redriven.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { PAYLOAD_VERSION } from '../../lambdas/shared/run';
import { allDefinitions, statesOf, templates } from '../support/definitions';

interface Released {
  readonly version: number;
  /** Members of the payload by task function (construct id). */
  readonly tasks: Readonly<Record<string, readonly string[]>>;
}

const released: Released[] = JSON.parse(
  readFileSync(path.join(__dirname, '../payloads/released.json'), 'utf8'),
);
const all = Object.values(templates());
const functions = all.flatMap((one) => Object.keys(one.findResources('AWS::Lambda::Function')));
const functionOf = (reference: string) =>
  /Platform([A-Z][A-Za-z]*?)[0-9A-F]{8}/.exec(reference)?.[1];
const sent = new Map<string, Set<string>>();
for (const definition of Object.values(allDefinitions())) {
  for (const [, { Type, Arguments }] of statesOf(definition)) {
    const task = Type === 'Task' ? functionOf(Arguments!.FunctionName) : undefined;
    if (task)
      sent.set(task, new Set([...(sent.get(task) ?? []), ...Object.keys(Arguments!.Payload)]));
  }
}

it('the newest list is of the version that payloads carry now', () => {
  expect(released.at(-1)!.version).toBe(PAYLOAD_VERSION);
});

it.each(released)('version $version: every task function is still there', ({ tasks }) => {
  const missing = Object.keys(tasks).filter(
    (task) => !functions.some((id) => functionOf(id) === task),
  );
  expect(missing).toEqual([]);
});

it('the definitions of this release send exactly the members that are written down', () => {
  const now = Object.fromEntries(
    [...sent].sort().map(([task, members]) => [task, [...members].sort()]),
  );
  expect(now).toEqual(released.at(-1)!.tasks);
});

it('no permission is for every action, and no resource is everything without its reason', () => {
  const policies = all.flatMap((one) => Object.values(one.findResources('AWS::IAM::Policy')));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const actions = statements.flatMap(({ Action }) => [Action].flat());
  expect(actions.length).toBeGreaterThan(50);
  expect(actions.filter((action: string) => action === '*' || action.endsWith(':*'))).toEqual([]);
});
