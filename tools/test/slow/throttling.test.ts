// The Data API at AWS's rates: what many items ask of it at the same time is throttled, and a stop is
// a stop nevertheless.

import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import {
  DEMO,
  ran,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  successes,
  synthesize,
  twoAtOnce,
  variant,
} from './support';

const BATCHES = 200;
const GROUPS = 20;

afterEach(stopClouds);
afterAll(removeAssemblies);

/** A copy of a scenario whose Data API refuses calls above AWS's rates. */
function throttled(scenario: string): string {
  const folder = variant(scenario, {});
  const account = path.join(folder, 'cloud.json');
  const scenes = JSON.parse(readFileSync(account, 'utf8'));
  writeFileSync(account, JSON.stringify({ ...scenes, throttling: true }));
  return folder;
}

/** How often each operation was refused for its rate. */
function refusals(cloud: Cloud): Record<string, number> {
  const { calls } = (cloud as unknown as { server: { calls: Refusal[] } }).server;
  const counts: Record<string, number> = {};
  for (const { operation } of calls.filter(({ error }) => error === 'ThrottlingException')) {
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

interface Refusal {
  readonly operation: string;
  readonly error?: string;
}

const say = (what: string, cloud: Cloud) =>
  process.stdout.write(`figure: ${what}, throttled ${JSON.stringify(refusals(cloud))}\n`);

it('twenty statements whose workers are dead: all stopped within 60 s, and redriven to the end', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('batches', { CDK_CONTEXT_JSON: `{"batches":${BATCHES}}` }),
    scenarioDir: throttled(DEMO),
    clock: 'virtual',
    faults: [
      'kind=delay,sql=work(,seconds=100',
      `kind=kill,when=after,task=RunBatches,operation=ExecuteStatement,sql=work(,nth=1,times=${GROUPS}`,
    ],
  });
  const arn = start(cloud, 'demo-unordered', {});
  const { status: before, stopDate = 0 } = await cloud.engine.finished(arn);
  expect(before).toBe('FAILED');
  await cloud.clock.sleep(120_000);
  const open = (await ran(cloud, 'work(')).filter(({ to }) => to > stopDate);
  const last = (Math.max(...open.map(({ to }) => to)) - stopDate) / 1_000;
  say(`${open.length} statements stopped, the last after ${last.toFixed(1)} s`, cloud);
  // One that is cancelled before it began does not stand in the warehouse's history.
  expect(open.length).toBeGreaterThan(GROUPS / 2);
  expect(last).toBeLessThanOrEqual(60);
  expect(refusals(cloud).ListStatements).toBeGreaterThan(0);

  cloud.engine.redrive(arn);
  const { status, cause } = await cloud.engine.finished(arn);
  say(`${BATCHES} batches in ${GROUPS} groups`, cloud);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  const all = await ran(cloud, 'work(');
  expect(twoAtOnce(all)).toEqual([]);
  expect(Object.values(successes(all))).toEqual(Array(BATCHES).fill(1));
});
