// Small worlds for tests: a handler bundled as ours are, a server with one stand-in.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { RealClock, VirtualClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { Callers } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import type { PolicyDocument } from '../../rehearsal/iam/policy';
import { type FunctionSpec, Functions } from '../../rehearsal/lambda/functions';
import { Server } from '../../rehearsal/services/server';
import type { Principal, Service, ServiceRequest } from '../../rehearsal/types';

export const account = '000000000000';
export const region = 'us-east-1';
export const caller: Principal = {
  kind: 'role',
  arn: `arn:aws:iam::${account}:role/Machine`,
  account,
};
const roleArn = `arn:aws:iam::${account}:role/Task`;

/** Writes a handler and bundles it with what it imports; returns the folder. */
export function bundle(source: string): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
  const entry = join(__dirname, `.entry-${process.pid}-${Math.random().toString(36).slice(2)}.ts`);
  writeFileSync(entry, source);
  try {
    mkdirSync(join(folder, 'asset.0'), { recursive: true });
    buildSync({
      entryPoints: [entry],
      outfile: join(folder, 'asset.0', 'index.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  } finally {
    rmSync(entry);
  }
  return {
    folder: join(folder, 'asset.0'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A stand-in that answers as told. */
export const standIn = (
  target: string,
  call: (request: ServiceRequest) => Promise<Record<string, unknown>>,
): Service => ({ target, protocol: 'json-1.1', call });

/** Trust policy of a role that a service works with. */
export const trustIn = (Service: string): PolicyDocument => ({
  Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
});

/** What {@link house} gives. */
export interface House {
  readonly clock: VirtualClock;
  readonly iam: Iam;
  readonly callers: Callers;
  readonly server: Server;
  readonly functions: Functions;
  readonly lines: readonly string[];
  readonly problems: readonly Error[];
  invoke(payload?: unknown, signal?: AbortSignal): Promise<unknown>;
  stop(): Promise<void>;
}

/** Clock, policies, server and functions around one bundle. */
export async function house(
  folder: string,
  { clock = new VirtualClock(), faults = [] as string[], spec = {} as Partial<FunctionSpec> } = {},
): Promise<House> {
  const iam = new Iam(account);
  const callers = new Callers(clock);
  const problems: Error[] = [];
  const chosen = new Faults(faults.map(faultOf));
  const server = new Server({ clock, callers, iam, faults: chosen, problems });
  const endpointUrl = await server.start();
  const lines: string[] = [];
  const functions = new Functions({
    clock,
    iam,
    callers,
    faults: chosen,
    account,
    region,
    endpointUrl,
    onLog: (_spec, line) => lines.push(line),
  });
  const arn = `arn:aws:lambda:${region}:${account}:function:task`;
  functions.add({
    task: 'Task',
    name: 'task',
    arn,
    roleArn,
    handler: 'index.handler',
    bundle: join(folder, 'index.mjs'),
    exportName: 'handler',
    runtime: 'nodejs22.x',
    environment: { GREETING: 'hello' },
    timeoutSeconds: 900,
    memoryMb: 256,
    ...spec,
  });
  iam.attach(caller.arn, {
    Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn },
  });
  iam.attach(roleArn, { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
  iam.protect(roleArn, trustIn('lambda.amazonaws.com'));
  return {
    clock,
    iam,
    callers,
    server,
    functions,
    lines,
    problems,
    invoke: (payload: unknown = {}, signal = new AbortController().signal) =>
      functions.invoke(arn, payload, caller, signal),
    async stop() {
      clock.stop();
      await functions.stop();
      await server.stop();
    },
  };
}

export { RealClock };
