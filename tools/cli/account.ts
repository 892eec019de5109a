// `runbooks account`: the account of a rehearsal, for people to work in. Nothing is started, answered or redriven
// but by what is typed in other terminals, which take their keys from a file.

import { rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { RunningCloud } from '../rehearsal/cloud';
import { UsageError } from './errors';
import { faultsOf } from './faults';
import { ownFolder } from './leftovers';
import type { AccountOptions } from './options';
import { type Ground, prepare, prepareGround, type Stage, startCloud } from './stage';

/** Serves the account until it is interrupted; returns the exit code. */
export async function account(
  named: string | undefined,
  options: AccountOptions,
  signal: AbortSignal,
): Promise<number> {
  const faults = faultsOf(options.fault);
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const ground = named
    ? await prepare(named, options, signal, say)
    : await untouched(options, signal, say);
  const { env } = options;
  try {
    const cloud = await startCloud(ground, { clock: 'real', rows: options.rows }, signal);
    try {
      for (const fault of faults) cloud.faults.arm(fault);
      writeFileSync(env, environment(cloud), { mode: 0o600 });
      for (const line of welcome(ground, cloud, env)) say(line);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      return 0;
    } finally {
      // Keys of an account that is gone help nobody.
      rmSync(env, { force: true });
      await cloud.stop();
    }
  } finally {
    ground.close();
  }
}

/** The account as it is before anything of ours is deployed: an assembly without stacks. */
async function untouched(
  options: AccountOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Ground> {
  const { scenario } = options;
  if (scenario === undefined) {
    throw new UsageError(
      'name the machine that will be started, or by --scenario an account in which nothing is deployed yet',
    );
  }
  const assembly = ownFolder();
  writeFileSync(path.join(assembly, 'manifest.json'), '{"version":"0.0.0","artifacts":{}}');
  const ground = await prepareGround(scenario, { ...options, assembly }, signal, say);
  const close = () => {
    rmSync(assembly, { recursive: true, force: true });
    ground.close();
  };
  return { ...ground, close };
}

/** What a shell takes with `source`, and every AWS tool understands. */
function environment({ endpointUrl, region, operatorCredentials: keys }: RunningCloud): string {
  const variables = {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}

const isStage = (ground: Ground): ground is Stage => 'machine' in ground;

function welcome(ground: Ground, cloud: RunningCloud, env: string): string[] {
  const lines = [
    `The account of scenario ${ground.scenario.name} is at ${cloud.endpointUrl} until Ctrl-C. In another terminal:`,
    `  source ${path.resolve(env)}`,
  ];
  if (!isStage(ground)) return lines;
  const { machine, input } = ground;
  return [
    ...lines,
    `  echo '${JSON.stringify(input)}' | npx --no-install runbooks start ${machine.name} --input - --watch`,
  ];
}
