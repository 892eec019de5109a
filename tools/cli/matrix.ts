// `runbooks matrix`: one clean run, then one run for each fault at each call that changes something,
// redriven to its end and compared with the clean one.

import type { TaskCall } from '../rehearsal/cloud';
import type { RehearseOptions } from './options';
import { type Plan, type Played, play } from './rehearse';
import { prepare } from './stage';
import { Terminal } from './terminal';

/** Operations that change nothing by their names. */
const READS = /^(Get|List|Describe|Query|Scan|BatchGet|Head|Validate|Assume)/;

/** What is done to each call. */
const KINDS = ['kind=error', 'kind=lost-answer', 'kind=kill', 'kind=kill,when=after'];

/** A call that is broken twice, and whatever the redrive itself needs. */
const REDRIVES = 4;

/** The faults to try after a clean run with these calls. */
export function faultsFor(calls: readonly TaskCall[]): string[] {
  const seen = new Map<string, number>();
  return calls
    .filter(({ operation }) => !READS.test(operation))
    .flatMap(({ task, service, operation }) => {
      const place = `service=${service},operation=${operation},task=${task}`;
      const nth = (seen.get(place) ?? 0) + 1;
      seen.set(place, nth);
      return KINDS.map((kind) => `${kind},${place},nth=${nth}`);
    });
}

/** How a run differs from the clean one, as sentences; states, times and attempts may differ. */
export function compare(clean: Played, played: Played): string[] {
  const found = [...played.differences];
  if (played.summary.status !== clean.summary.status) {
    found.push(`${played.summary.status}: ${played.summary.error}: ${played.summary.cause}`);
  }
  const lines = ({ summary }: Played) => [
    ...summary.checks.map((c) => `check ${c.item ?? '-'} ${c.name}: ${c.actual}`),
    ...summary.batches
      .filter(({ status }) => status === 'done')
      .map((b) => `batch ${b.step} ${b.item ?? '-'} ${b.title}: ${b.rows ?? '-'} rows`),
  ];
  const [wanted, got] = [lines(clean), lines(played)];
  found.push(...wanted.filter((line) => !got.includes(line)).map((line) => `without ${line}`));
  found.push(...got.filter((line) => !wanted.includes(line)).map((line) => `with ${line}`));
  if (got.length !== new Set(got).size) found.push('a batch was done twice');
  return found;
}

export async function matrix(
  named: string,
  options: RehearseOptions,
  signal: AbortSignal,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const quiet = new Terminal({ write: () => true });
  const stage = await prepare(named, options, signal, (text) => terminal.line(text));
  try {
    const plan: Plan = {
      faults: [],
      redrives: REDRIVES,
      approve: true,
      clock: 'virtual',
      rows: options.rows,
    };
    const clean = await play(stage, plan, quiet, signal);
    const faults = faultsFor(clean.calls);
    terminal.line(`Clean run: ${clean.summary.status}; ${faults.length} runs with a fault follow`);
    const results: { fault: string; redrives: number; differences: string[] }[] = [];
    for (const fault of faults) {
      const played = await play(stage, { ...plan, faults: [fault] }, quiet, signal);
      const differences = compare(clean, played);
      results.push({ fault, redrives: played.summary.redriveCount, differences });
      const verdict = differences.length === 0 ? 'same' : `DIFFERS: ${differences.join('; ')}`;
      terminal.line(`${results.length}/${faults.length} ${fault}: ${verdict}`);
    }
    const different = results.filter(({ differences }) => differences.length > 0);
    terminal.line(`${results.length - different.length} same, ${different.length} different`);
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify({ machine: stage.machine.name, clean: clean.summary, results })}\n`,
      );
    }
    return clean.summary.status === 'SUCCEEDED' && different.length === 0 ? 0 : 1;
  } finally {
    stage.close();
  }
}
