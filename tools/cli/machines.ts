// The machines of a cloud assembly, found as CDK wrote them: manifest.json, then each template.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { UsageError } from './errors';

export interface Machine {
  /** Name in the account, e.g. `example-clickstream-data-migration`. */
  readonly name: string;
  /** Name of its stack, e.g. `example-clickstream`. */
  readonly stack: string;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

interface Template {
  readonly Resources?: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Properties?: { readonly StateMachineName?: unknown } }
    >
  >;
}

const read = <T>(folder: string, file: string): T =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;

export function machinesOf(assembly: string): Machine[] {
  const stacks = Object.entries(read<Manifest>(assembly, 'manifest.json').artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  return stacks.flatMap(([id, { properties }]) => {
    const { Resources = {} } = read<Template>(assembly, properties!.templateFile!);
    return Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')
      .map(({ Properties }) => Properties?.StateMachineName)
      .filter((name) => typeof name === 'string')
      .map((name) => ({ name, stack: properties?.stackName ?? id }));
  });
}

/** The machine with that name, or the only one whose name ends with it. */
export function findMachine(machines: readonly Machine[], name: string): Machine {
  const exact = machines.filter((machine) => machine.name === name);
  const found =
    exact.length > 0 ? exact : machines.filter((machine) => machine.name.endsWith(`-${name}`));
  if (found.length === 1) return found[0]!;
  const known = machines.map((machine) => machine.name).join(', ');
  throw new UsageError(
    found.length === 0
      ? `there is no machine ${name}; known are ${known}`
      : `${name} may be ${found.map((machine) => machine.name).join(' or ')}: name one`,
  );
}
