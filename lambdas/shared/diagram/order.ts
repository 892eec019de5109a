// In which order states stand below each other, and which ways lead back up.

import { type AslGraph, type Way, waysOf } from './definition';

export interface Ordered {
  /** Names from top to bottom. */
  readonly names: readonly string[];
  /** Ways down, in the order of their states. */
  readonly down: readonly Way[];
  /** Ways that close a loop. */
  readonly up: readonly Way[];
}

/** Every state stands below all that lead to it, loops left aside: the reverse of the order in which a walk leaves them. */
export function orderOf({ StartAt, States }: AslGraph): Ordered {
  const open = new Set<string>();
  const left = new Set<string>();
  const names: string[] = [];
  const up: Way[] = [];
  const ways: Way[] = [];
  const visit = (name: string) => {
    const state = States[name];
    if (state === undefined) throw new Error(`a way leads to "${name}", which is not there`);
    open.add(name);
    for (const way of waysOf(name, state)) {
      (open.has(way.to) ? up : ways).push(way);
      if (!open.has(way.to) && !left.has(way.to)) visit(way.to);
    }
    open.delete(name);
    left.add(name);
    names.unshift(name);
  };
  visit(StartAt);
  const lost = Object.keys(States).filter((name) => !left.has(name));
  if (lost.length > 0) throw new Error(`no way leads to ${lost.join(', ')}`);
  const row = (way: Way) => names.indexOf(way.from);
  const byRow = (list: Way[]) => list.sort((a, b) => row(a) - row(b));
  return { names, down: byRow(ways), up: byRow(up) };
}
