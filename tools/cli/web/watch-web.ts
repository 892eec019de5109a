// `runbooks watch --web` and `runbooks report --html`: the page of a run, served or as a file.

import { writeFileSync } from 'node:fs';
import type { Ended, Kit } from '../operate/kit';
import type { Subject } from '../operate/subject';
import { pageOf } from './page';
import { serve } from './server';
import { Run } from './snapshot';

export interface WebOptions {
  /** Serve a page instead of printing lines. */
  readonly web?: boolean;
  /** @default - any that is free */
  readonly port?: number;
}

/** What is wrong with how the page is asked for. */
export const webProblems = (options: WebOptions & { json?: boolean; once?: boolean }): string[] => [
  ...(options.port !== undefined && !options.web ? ['--port is the port of --web'] : []),
  ...(options.web && (options.json || options.once)
    ? ['--web serves a page until it is interrupted: leave --json and --once out']
    : []),
];

/** Serves until it is interrupted. */
export async function watchWeb(
  kit: Kit,
  subject: Subject,
  { every, port = 0 }: WebOptions & { readonly every: number },
): Promise<Ended> {
  const served = await serve(kit, subject, { every, port });
  kit.terminal.line(`Watching ${subject.execution}`);
  kit.terminal.line(`  open it:  ${served.url}`);
  kit.terminal.line(
    '  for you on this computer only, until Ctrl-C; whoever has the address may answer and redrive',
  );
  await new Promise<void>((resolve) => {
    if (kit.signal.aborted) resolve();
    kit.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await served.close();
  return { code: 0, document: undefined };
}

/** Writes the page as it is now: no buttons, no server. */
export async function writePage(kit: Kit, subject: Subject, file: string): Promise<void> {
  const run = new Run(kit, subject);
  const [definition, data] = [await run.definition(), await run.update()];
  writeFileSync(file, pageOf({ machine: subject.machine, definition, data }).html);
  kit.terminal.line(`Wrote ${file}`);
}
