// `before.<machine>.json`: what has to have run before a machine has anything to do.

import { UsageError } from './errors';
import { follow } from './follow';
import { findMachine, machinesOf } from './machines';
import { Operator } from './operator';
import type { Scene } from './rehearse';

/** What stands for the id of the first run in the input of the machine that comes after it. */
export const RUN = '$run';

/** An execution that comes first; its gates are approved. */
export interface Earlier {
  readonly machine: string;
  /** @default - the scenario's for that machine */
  readonly input?: unknown;
}

/** Runs what comes before; returns the rehearsed machine's input, with the first of these runs as `$run`. */
export async function comeBefore(scene: Scene): Promise<unknown> {
  const { stage, ledger, cloud, terminal } = scene;
  const { scenario, runbook, assembly } = stage;
  let first: string | undefined;
  for (const { machine: name, input } of scenario.json<Earlier[]>('before', runbook) ?? []) {
    const machine = findMachine(machinesOf(assembly), name);
    const operator = new Operator(cloud, machine);
    try {
      const own = input ?? scenario.json('input', name) ?? {};
      const arn = await operator.start(own);
      terminal.line(`First comes ${machine.name}: started ${arn}`);
      const status = await follow(arn, { ...scene, operator, approve: true });
      if (status !== 'SUCCEEDED') throw new UsageError(`${machine.name} came first and ${status}`);
      first ??= await ledger.runOf(arn);
    } finally {
      operator.close();
    }
  }
  return JSON.parse(JSON.stringify(stage.input).replaceAll(RUN, first ?? RUN));
}
