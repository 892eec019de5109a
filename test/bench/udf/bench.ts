// How fast the bundle answers: rows per second on one core beside JSON.parse and JSON.stringify of the
// same batch (event, inner texts, answer) in the same run, and beside what the original Python functions
// did. Median of the rounds; each round measures both, one after the other. Then, in processes of their own, the memory
// of the largest batch and the time from import to the first answer.
//
//   npm run bundle && npx tsx test/bench/udf/bench.ts [rows] [rounds]

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  EXTERNAL_FUNCTIONS,
  type ExternalFunction,
} from '../../../lambdas/clickstream-udf/functions';
import { batchOf } from './batches';

const BUNDLE = path.join(__dirname, '../../../dist/lambdas/clickstream-udf/index.mjs');
const CHILD = path.join(__dirname, 'child.mjs');
const [rows = 4_000, rounds = 9] = process.argv.slice(2).map(Number);
const LEAST_RATIO = { parse_utm_from_url: 0.2, others: 0.5 };
const ORIGINAL = { parse_utm_from_url: '4,600', others: '54,000-74,000' };

type Handler = (event: unknown) => Promise<string>;

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

/** What can be done at the least with the language's own means: read and write the same texts. */
function bare(event: string, isJson: boolean, values: readonly unknown[]): void {
  const { arguments: batch } = JSON.parse(event) as { arguments: string[][] };
  const results = batch.map(([text], at) => {
    if (isJson) JSON.parse(text!);
    return JSON.stringify(values[at]);
  });
  JSON.stringify({ success: true, num_records: results.length, results });
}

const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function measure(udf: ExternalFunction, handler: Handler): Promise<boolean> {
  const event = eventOf(udf, rows);
  const answer = JSON.parse(await handler(JSON.parse(event))) as { results: string[] };
  const values = answer.results.map((text) => JSON.parse(text) as unknown);
  const isJson = udf.name !== 'parse_utm_from_url';
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = -2; round < rounds; round++) {
    const began = performance.now();
    await handler(JSON.parse(event));
    const between = performance.now();
    bare(event, isJson, values);
    const ended = performance.now();
    // The first rounds warm the compiler for both.
    if (round < 0) continue;
    times.ours.push(between - began);
    times.bare.push(ended - between);
  }
  const kind = isJson ? 'others' : 'parse_utm_from_url';
  const ratio = median(times.bare) / median(times.ours);
  const rate = (rows / median(times.ours)) * 1_000;
  console.log(
    `figure: ${udf.name}: ${Math.round(rate).toLocaleString('en')} rows/s (original ${ORIGINAL[kind]}), ` +
      `${ratio.toFixed(2)} of JSON.parse and JSON.stringify (at least ${LEAST_RATIO[kind]})`,
  );
  return ratio >= LEAST_RATIO[kind];
}

function inChild(what: string, event: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', CHILD, what, BUNDLE], {
    input: event,
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
}

async function main(): Promise<void> {
  const { handler } = (await import(pathToFileURL(BUNDLE).href)) as { handler: Handler };
  let fastEnough = true;
  for (const udf of EXTERNAL_FUNCTIONS) fastEnough = (await measure(udf, handler)) && fastEnough;
  for (const udf of EXTERNAL_FUNCTIONS) {
    const perRow = JSON.stringify(batchOf(udf.name, 100)).length / 100;
    const largest = Math.min(udf.maxBatchRows, Math.floor((udf.maxBatchKb * 1_024) / perRow));
    console.log(
      `figure: ${udf.name}: ${inChild('memory', eventOf(udf, largest))} MB of memory at the most, ` +
        `${largest.toLocaleString('en')} rows (MAX_BATCH_SIZE ${udf.maxBatchKb} KB)`,
    );
  }
  console.log(
    `figure: import to first answer ${inChild('start', eventOf(EXTERNAL_FUNCTIONS[2]!, 1))} ms, ` +
      `bundle ${(statSync(BUNDLE).size / 1_024).toFixed(1)} KB`,
  );
  if (!fastEnough) process.exitCode = 1;
}

main();
