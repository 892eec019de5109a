// How fast the bundle answers: rows per second on one core beside JSON.parse and JSON.stringify of the
// same batch (event, inner texts, answer) in the same run, and beside what the original Python functions
// did; processor time, median of the rounds. Then the memory of the largest batch, the time from import
// to the first answer, and the bundle's size. Fails when a ratio is below what the task promises.
//
//   npm run bundle && npx tsx test/bench/udf/bench.ts [rows] [rounds]

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import {
  EXTERNAL_FUNCTIONS,
  type ExternalFunction,
} from '../../../lambdas/clickstream-udf/functions';
import { batchOf } from './batches';

const BUNDLE = path.join(__dirname, '../../../dist/lambdas/clickstream-udf/index.mjs');
const CHILD = path.join(__dirname, 'child.mjs');
const [rows = 2_000, rounds = 41] = process.argv.slice(2).map(Number);

function promiseOf({ name }: ExternalFunction): { ratio: number; original: string } {
  return name === 'parse_utm_from_url'
    ? { ratio: 0.2, original: '4,600' }
    : { ratio: 0.5, original: '54,000-74,000' };
}

function eventOf(udf: ExternalFunction, count: number): string {
  return JSON.stringify({
    request_id: '23FF1F97-F28A-44AA-AB67-266ED976BF40',
    cluster: 'arn:aws:redshift:us-east-1:000000000000:namespace:demo',
    user: 'admin',
    database: 'demo',
    external_function: `shop.${udf.name}`,
    query_id: 5678234,
    num_records: count,
    arguments: batchOf(udf.name, count),
  });
}

function inChild(what: 'speed' | 'memory' | 'start', input: string): string {
  // One core: the thread that makes garbage collects it.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--single-threaded', CHILD, what, BUNDLE, String(rounds)],
    { input, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${what}: ${stderr}`);
  return stdout.trim();
}

function speedOf(udf: ExternalFunction): boolean {
  const { ours, bare } = JSON.parse(inChild('speed', eventOf(udf, rows))) as Record<string, number>;
  const promise = promiseOf(udf);
  const ratio = bare! / ours!;
  const rate = Math.round((rows / ours!) * 1_000).toLocaleString('en');
  console.log(
    `figure: ${udf.name}: ${rate} rows/s (original ${promise.original}), ` +
      `${ratio.toFixed(2)} of JSON.parse and JSON.stringify (at least ${promise.ratio})`,
  );
  return ratio >= promise.ratio;
}

function memoryOf(udf: ExternalFunction): void {
  const perRow = JSON.stringify(batchOf(udf.name, 100)).length / 100;
  const most = Math.min(udf.maxBatchRows, Math.floor((udf.maxBatchKb * 1_024) / perRow));
  console.log(
    `figure: ${udf.name}: ${inChild('memory', eventOf(udf, most))} MB resident at the most, ` +
      `${most.toLocaleString('en')} rows (MAX_BATCH_SIZE ${udf.maxBatchKb} KB)`,
  );
}

const kept = EXTERNAL_FUNCTIONS.map(speedOf);
EXTERNAL_FUNCTIONS.forEach(memoryOf);
console.log(
  `figure: import to first answer ${inChild('start', eventOf(EXTERNAL_FUNCTIONS[0]!, 1))} ms, ` +
    `bundle ${(statSync(BUNDLE).size / 1_024).toFixed(1)} KB`,
);
if (kept.includes(false)) process.exitCode = 1;
