// `runbooks watch --web` and `runbooks report --html`: the page of a run, served or as a file.

import { writeFileSync } from 'node:fs';
import { type Kit, operate } from '../operate/kit';
import { namingProblems, type Subject, subjectOf } from '../operate/subject';
import type { WatchOptions } from '../operate/watch';
import { pageOf } from './page';
import { serve } from './server';
import { Run } from './snapshot';

export interface WebOptions extends WatchOptions {
  /** Serve a page instead of printing lines. */
  readonly web?: boolean;
  /** @default - any that is free */
  readonly port?: number;
}

/** Serves until it is interrupted. */
export function watchWeb(
  named: string | undefined,
  options: WebOptions,
  signal: AbortSignal,
): Promise<number> {
  const problems = [
    ...namingProblems(named, options),
    ...(options.json || options.once
      ? ['--web serves a page until it is interrupted: leave --json and --once out']
      : []),
  ];
  return operate({ command: 'watch', problems, arn: named }, options, signal, async (kit) => {
    const subject = await subjectOf(kit, named!);
    const { every, port = 0 } = options;
    const served = await serve(kit, subject, { every, port });
    const { terminal } = kit;
    terminal.line(`Watching ${subject.execution}`);
    terminal.line(`  open it: ${served.url}`);
    terminal.line(
      '  until Ctrl-C; whoever on this computer has the address may answer and redrive',
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await served.close();
    return { code: 0, document: undefined };
  });
}

/** Writes the page as it is now: no buttons, no server. */
export async function writePage(kit: Kit, subject: Subject, file: string): Promise<void> {
  const run = new Run(kit, subject);
  const [definition, data] = [await run.definition(), await run.update()];
  writeFileSync(file, pageOf({ machine: subject.machine, definition, data }).html);
  kit.terminal.line(`Wrote ${file}`);
}
