// `runbooks account`: the account of a rehearsal, for people to work in. Nothing is started, answered or redriven
// but by what is typed in other terminals, which take their keys from a file.

import { rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { claimEnv, removeEnv, writeEnv } from './account-env';
import { welcome } from './account-welcome';
import { UsageError } from './errors';
import { faultsOf } from './faults';
import { ownFolder } from './leftovers';
import type { AccountOptions } from './options';
import { type Ground, prepare, prepareGround, startCloud } from './stage';

/** Serves the account until it is interrupted; returns the exit code. */
export async function account(
  named: string | undefined,
  options: AccountOptions,
  signal: AbortSignal,
): Promise<number> {
  const faults = faultsOf(options.fault);
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { env } = options;
  await claimEnv(env);
  const ground = named
    ? await prepare(named, options, signal, say)
    : await untouched(options, signal, say);
  try {
    const cloud = await startCloud(ground, { clock: 'real', rows: options.rows }, signal);
    try {
      for (const fault of faults) cloud.faults.arm(fault);
      await writeEnv(env, cloud);
      for (const line of welcome(ground, cloud.endpointUrl, env)) say(line);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      return 0;
    } finally {
      removeEnv(env);
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
