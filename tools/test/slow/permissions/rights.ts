// Every policy statement of an assembly, found by its shape wherever a template has one, and copies of
// the assembly without one of its rights.

import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readAssembly } from '../../../rehearsal/assembly/assembly';
import { listOf, type Statement } from '../../../rehearsal/iam/policy';

type Node = Record<string, unknown>;
type At = readonly (string | number)[];

/** One action of one statement. */
export interface Right {
  /** As the rehearsal notes its use: the statement's place and the action. */
  readonly id: string;
  /** Construct path of the policy's resource, without the stack's name. */
  readonly holder: string;
  /** For people: holder, number of the statement, action. */
  readonly name: string;
  readonly action: string;
  readonly effect: 'Allow' | 'Deny';
  readonly conditions: Statement['Condition'];
  /** Where the statement stands in the template; of a Lambda permission, the resource itself. */
  readonly at: At;
}

/** Rights of all statements of all templates. */
export function rightsOf(assemblyDir: string): Right[] {
  return readAssembly(assemblyDir).flatMap(({ name, template, paths }) =>
    Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
      const own = paths.get(logicalId) ?? logicalId;
      const holder = own.replace(`/${name}/`, '').replace(/\/Resource$/, '');
      const at = ['Resources', logicalId];
      const found =
        resource.Type === 'AWS::Lambda::Permission'
          ? [{ at, statement: { Effect: 'Allow', ...resource.Properties } as unknown as Statement }]
          : [...statementsIn(resource, at)];
      return found.flatMap(({ at, statement }, i) =>
        listOf(statement.Action ?? statement.NotAction).map((action) => ({
          id: `${logicalId}[${i}] ${action}`,
          holder,
          name: `${holder}[${i}] ${action}`,
          action,
          effect: statement.Effect,
          conditions: statement.Condition,
          at,
        })),
      );
    }),
  );
}

/** Anything with an effect is a statement: a policy in a property nobody thought of is found too. */
function* statementsIn(node: unknown, at: At): Generator<{ at: At; statement: Statement }> {
  if (typeof node !== 'object' || node === null) return;
  if ('Effect' in node) yield { at, statement: node as unknown as Statement };
  else {
    for (const [key, value] of Object.entries(node)) {
      yield* statementsIn(value, [...at, Array.isArray(node) ? Number(key) : key]);
    }
  }
}

/** A copy of the assembly with the template of one stack edited; assets are where they were. */
export const edited = (
  assemblyDir: string,
  stack: string,
  edit: (template: Node) => void,
): string => copied(assemblyDir, `${stack}.template.json`, edit);

/** A copy of the assembly with one of its stacks: names of resources are unique in a stack only. */
export const onlyStack = (assemblyDir: string, stack: string): string =>
  copied(assemblyDir, 'manifest.json', (manifest) => {
    const artifacts = Object.entries(manifest.artifacts as Record<string, Node>);
    manifest.artifacts = Object.fromEntries(
      artifacts.filter(([name, { type }]) => type !== 'aws:cloudformation:stack' || name === stack),
    );
  });

function copied(folder: string, which: string, edit: (json: Node) => void): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  for (const name of readdirSync(folder)) {
    const source = path.join(folder, name);
    if (name !== which) symlinkSync(source, path.join(copy, name));
    else {
      const json = JSON.parse(readFileSync(source, 'utf8')) as Node;
      edit(json);
      writeFileSync(path.join(copy, name), JSON.stringify(json));
    }
  }
  return copy;
}

const child = (node: unknown, key: string | number) => (node as Node)[key];

/** Takes one right away. The statement stays in its place, so that the others keep their numbers. */
export function without({ at, action }: Right): (template: Node) => void {
  return (template) => {
    const parent = at.slice(0, -1).reduce<unknown>(child, template) as Node;
    const key = at.at(-1)!;
    const statement = parent[key] as Node;
    const left = listOf(statement.Action as string | string[]).filter((one) => one !== action);
    if (statement.Effect !== undefined) statement.Action = left;
    else delete parent[key];
  };
}
