// Runs one size in a process of its own, with a heap that can be measured: garbage is collected
// before each look, so that the peak is what the engine holds.

import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

export interface Figures {
  readonly items: number;
  readonly seconds: number;
  readonly transitions: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

export function measure(items: number): Figures {
  const run = path.join(__dirname, 'run.ts');
  const tsx = require.resolve('tsx/cli');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, '--expose-gc', run, String(items)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the run of ${items} items failed: ${stderr}`);
  return JSON.parse(stdout);
}
