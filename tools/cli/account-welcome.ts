// What `runbooks account` prints: where the account is, and what to type next.

import * as path from 'node:path';
import { type Earlier, RUN } from './before';
import { findMachine, machinesOf } from './machines';
import { quoted } from './operate/typed';
import type { Ground, Stage } from './stage';

/** @param env file with the keys */
export function welcome(ground: Ground | Stage, endpointUrl: string, env: string): string[] {
  return [
    `The account of scenario ${ground.scenario.name} is at ${endpointUrl} until Ctrl-C. In another terminal:`,
    `  source ${quoted(path.resolve(env))}`,
    ...('machine' in ground ? starts(ground) : []),
  ];
}

/** The starts in their order: what has to have run before the machine comes first. */
function starts({ scenario, assembly, machine, runbook, input }: Stage): string[] {
  const earlier = scenario.json<Earlier[]>('before', runbook) ?? [];
  const machines = machinesOf(assembly);
  const lines = earlier.map((one) => {
    const own = one.input ?? scenario.json('input', one.machine) ?? {};
    return started(findMachine(machines, one.machine).name, own);
  });
  const last = started(machine.name, input);
  const [first] = earlier;
  if (first === undefined) return [last];
  const { name } = findMachine(machines, first.machine);
  const run = last.includes(RUN)
    ? `, with ${name}'s run, run-… in its last lines, in place of ${RUN}`
    : '';
  return [...lines, `When that has succeeded${run}:`, last];
}

/** `printf`: the `echo` of some shells reads backslashes. */
const started = (machine: string, input: unknown): string =>
  `  printf %s ${quoted(JSON.stringify(input))} | npx --no-install runbooks start ${machine} --input - --watch`;
