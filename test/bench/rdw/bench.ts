// The back-fill of three tenants with many alt scores each, and the way back of one: rows per second of extract,
// load, swap and restore, and the memory of the tasks, which must not grow with the rows. Each size in a process
// of its own. Figures are those of MariaDB, PostgreSQL and an S3 stand-in on the machine this runs on; they say
// nothing about the speed of AWS.
//
//   apt-get install mariadb-server    (without starting the service)
//   npx tsx test/bench/rdw/bench.ts [scores of a tenant …]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { bundle, synthesize } from '../../../tools/cli/assembly';
import type { Figures } from './play';

const sizes = process.argv.slice(2).map(Number);

async function bench(): Promise<void> {
  const assembly = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  const { signal } = new AbortController();
  try {
    await bundle(signal);
    await synthesize('example', assembly, signal);
    for (const scores of sizes.length > 0 ? sizes : [10_000, 1_000_000]) {
      print(scores, measure(assembly, scores));
    }
  } finally {
    rmSync(assembly, { recursive: true });
  }
}

function measure(assembly: string, scores: number): Figures {
  const run = path.join(__dirname, 'run.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [require.resolve('tsx/cli'), run, assembly, String(scores)],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the run of ${scores} scores failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
}

function print(scores: number, { rows, phases, memory, seconds }: Figures): void {
  console.log(
    `figure: ${scores} scores asked, ${rows.join(', ')} rows of three tenants, ${seconds.toFixed(0)} s`,
  );
  for (const { name, rows: count, seconds: took } of phases) {
    console.log(`figure:   ${name}: ${Math.round(count / took)} rows/s, ${took.toFixed(1)} s`);
  }
  const [task, bytes] = memory[0]!;
  console.log(
    `figure:   largest task: ${task}, ${(bytes / 1024 ** 2).toFixed(1)} MB of heap and buffers`,
  );
}

bench().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
