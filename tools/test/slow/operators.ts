// An account of the example target in real time, and somebody with the operators' policy who types commands.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT, synthesize } from '../../cli/assembly';
import { ledgerTable } from '../../cli/inside';
import { LedgerView } from '../../cli/ledger-view';
import { Cloud } from '../../rehearsal/cloud';
import { CLICKSTREAM, removeAssemblies, variant } from './support';

const BIN = path.join(ROOT, 'tools/bin/runbooks.cjs');
export const STACK = 'example-clickstream';
export const MIGRATION = `${STACK}-data-migration`;
const INPUT = {
  appIds: ['shop'],
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 720 },
  // Loads on their way would be waited for in real minutes.
  quietPeriod: false,
};

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Keys = ReturnType<Cloud['credentialsWith']>;

/** Keys in the environment. */
export const keysOf = ({ accessKeyId, secretAccessKey, sessionToken }: Keys) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

/** See the head of the file. */
export class Operators {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'operators-'));
  readonly assembly = path.join(this.folder, 'assembly');
  cloud!: Cloud;

  async start(): Promise<void> {
    await synthesize('example', this.assembly, new AbortController().signal);
    const scenarioDir = variant(CLICKSTREAM, {});
    const account = path.join(scenarioDir, 'cloud.json');
    const scenario = JSON.parse(readFileSync(account, 'utf8'));
    scenario.cloudformation.seconds = { changeSet: 1, update: 2, cleanup: 1 };
    writeFileSync(account, JSON.stringify(scenario));
    const { assembly: assemblyDir } = this;
    this.cloud = await Cloud.start({ assemblyDir, scenarioDir, clock: 'real', rows: 300 });
    writeFileSync(path.join(this.folder, 'input.json'), JSON.stringify(INPUT));
  }

  async stop(): Promise<void> {
    await this.cloud?.stop();
    rmSync(this.folder, { recursive: true });
    removeAssemblies();
  }

  /** Keys of somebody with the policy of the stack's operators. */
  readonly keys = (): Keys => {
    const policy = this.cloud.resources.find(
      ({ type, stack }) => type === 'AWS::IAM::ManagedPolicy' && stack === STACK,
    )!;
    return this.cloud.credentialsWith(policy.logicalId);
  };

  /** A command under way, with what it has said. */
  readonly begin = (args: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = '') => {
    const { cloud, folder } = this;
    const own = {
      PATH: process.env.PATH,
      HOME: folder,
      ...keysOf(this.keys()),
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const all = [BIN, ...args, '--endpoint-url', cloud.endpointUrl, '--region', cloud.region];
    const child = spawn(process.execPath, all, { cwd: folder, env: { ...own, ...env } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      said.out += text;
    });
    child.stderr.on('data', (text) => {
      said.err += text;
    });
    child.stdin.end(stdin);
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => resolve({ code, ...said }));
    });
    return { said, ended, interrupt: () => void child.kill('SIGINT') };
  };

  /** The one document that `--json` prints. */
  readonly json = async <T>(code: number, ...args: readonly string[]): Promise<T> => {
    const ended = await this.begin([...args, '--json']).ended;
    expect({ code: ended.code, err: ended.code === code ? '' : ended.err }).toEqual({
      code,
      err: '',
    });
    return JSON.parse(ended.out) as T;
  };

  /** Starts a migration; returns its execution. */
  readonly started = async (...more: readonly string[]): Promise<string> => {
    const { execution } = await this.json<{ execution: string }>(
      ...([0, 'start', MIGRATION, '--input', path.join(this.folder, 'input.json')] as const),
      ...more,
    );
    return execution;
  };

  /** What the ledger itself says. */
  readonly fromLedger = async <T>(ask: (view: LedgerView) => Promise<T>): Promise<T> => {
    const { endpointUrl: endpoint, region, operatorCredentials: credentials } = this.cloud;
    const view = new LedgerView({ endpoint, region, credentials }, ledgerTable(this.cloud, STACK));
    try {
      return await ask(view);
    } finally {
      view.close();
    }
  };
}
