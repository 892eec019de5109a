// What the machine adds to each batch: 30 batches of about 5 s on the real clock, beside a bare client
// that calls the same procedures one after the other. Median of 3. Figures are the rehearsal's own, on
// the machine it runs on; they say nothing about the speed of AWS.
//
//   npx tsx test/bench/orchestration/bench.ts [batches] [seconds] [rounds]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { Cloud } from '../../../tools/rehearsal/cloud';

const ROOT = path.join(__dirname, '../../..');
const [batches = 30, seconds = 5, rounds = 3] = process.argv.slice(2).map(Number);

/** One after the other with the same long poll, and nothing else. */
async function bareClient(cloud: Cloud): Promise<number> {
  const client = new RedshiftDataClient({
    endpoint: cloud.endpointUrl,
    region: cloud.region,
    credentials: cloud.operatorCredentials,
  });
  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const submitted = await client.send(
      new ExecuteStatementCommand({
        WorkgroupName: 'demo',
        Database: 'demo',
        Sql: `select pg_sleep(${seconds})`,
        WaitTimeSeconds: 30,
      }),
    );
    const { Id } = submitted;
    let status: string | undefined = submitted.Status;
    while (status !== 'FINISHED') {
      const described = await client.send(
        new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }),
      );
      status = described.Status;
    }
  }
  client.destroy();
  return ((performance.now() - began) / 1000 - batches * seconds) / batches;
}

/** Wall time of the execution less the statements' own, per batch. */
async function machine(cloud: Cloud): Promise<number> {
  const began = performance.now();
  const { executionArn } = cloud.engine.start({
    stateMachineArn: cloud.machineArn('demo-ordered'),
  });
  const { status, cause } = await cloud.engine.finished(executionArn);
  if (status !== 'SUCCEEDED') throw new Error(`the machine ended ${status}: ${cause}`);
  return ((performance.now() - began) / 1000 - batches * seconds) / batches;
}

const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  const assemblyDir = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const app = path.join(ROOT, 'test/support/apps/batches/app.ts');
  const env = {
    ...process.env,
    CDK_OUTDIR: assemblyDir,
    CDK_CONTEXT_JSON: JSON.stringify({ batches }),
  };
  spawnSync(process.execPath, [require.resolve('tsx/cli'), app], { env, stdio: 'inherit' });
  const scenarioDir = path.join(ROOT, 'tools/test/slow/scenarios/demo');
  const cloud = await Cloud.start({ assemblyDir, scenarioDir, clock: 'real' });
  try {
    await cloud.query(`alter database demo set demo.seconds = '${seconds}'`);
    const figures = { machine: [] as number[], bare: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      figures.bare.push(await bareClient(cloud));
      figures.machine.push(await machine(cloud));
    }
    const [ours, bare] = [median(figures.machine), median(figures.bare)];
    console.log(
      `figure: added seconds per batch, ${batches} batches of ${seconds} s, median of ${rounds}: ` +
        `machine ${ours.toFixed(3)}, bare client ${bare.toFixed(3)} (rehearsal, real clock)`,
    );
  } finally {
    await cloud.stop();
    rmSync(assemblyDir, { recursive: true, force: true });
  }
}

main();
