// `runbooks init` against an account of stand-ins, with the rights of its policy in docs/policies and no more.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT } from '../../cli/assembly';
import { main } from '../../cli/main';
import type { Account } from '../../rehearsal/cloud/account';
import type { TutorHost } from '../../rehearsal/host';
import type { PolicyDocument, Statement } from '../../rehearsal/iam/policy';
import { Ec2Service } from '../../rehearsal/services/ec2';
import { RdsService } from '../../rehearsal/services/rds';
import { SecretsService } from '../../rehearsal/services/secrets';
import { SystemsManagerService } from '../../rehearsal/services/ssm';
import { account } from '../cloud/house';
import { close, served } from '../cloud/served';

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const json = <T>(...file: string[]): T =>
  JSON.parse(readFileSync(path.join(ROOT, ...file), 'utf8')) as T;

/** The example target that is shipped. */
export const EXAMPLE = json<Record<string, unknown>>('config', 'example.json');

/** The last one as `bin/runbooks.cjs` has it. */
const KEYS = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
];

/** `cloud.json` of a built-in scenario. */
export const accountOf = (scenario: string) =>
  json<Account>('tools/rehearsal/scenarios', scenario, 'cloud.json');

/** An account, and the command in a folder of its own. */
export class InitAccount {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'init-'));
  readonly file = path.join(this.folder, 'config', 'qa.json');

  /** @param runbook its policy gives the rights */
  constructor(private readonly runbook: string) {}

  /** Actions of the policy. */
  get allowed(): string[] {
    return this.statements.flatMap(({ Action }) => Action as string | string[]).sort();
  }

  /** Actions of the calls that came through in the last run. */
  used: string[] = [];

  async init(data: Account, ...args: readonly string[]): Promise<Ended> {
    const { rds = {}, ec2 = {}, secrets = {}, secretTags, hosts = [] } = data;
    const { config, iam } = await served(
      ({ clock, arn }) => [
        new RdsService(clock, arn('rds'), rds),
        new Ec2Service(account, ec2),
        new SecretsService(clock, arn('secretsmanager')('secret:'), secrets, secretTags),
        new SystemsManagerService(
          clock,
          hosts.map(({ instanceId: id, ...more }) => ({ id, ...more })) as unknown as TutorHost[],
          (of, what, where) => arn(of)(what, where),
          [],
        ),
      ],
      this.statements,
    );
    const { endpoint, region, credentials: keys } = config();
    const values = [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken, 'true'];
    for (const [i, name] of KEYS.entries()) process.env[name] = values[i];
    const said = { out: '', err: '' };
    const hear = (stream: 'stdout' | 'stderr', to: 'out' | 'err') =>
      jest.spyOn(process[stream], 'write').mockImplementation((text) => {
        said[to] += text;
        return true;
      });
    const spies = [hear('stdout', 'out'), hear('stderr', 'err')];
    const place = ['--out', this.file, '--endpoint-url', endpoint, '--region', region];
    try {
      const code = await main(['init', this.runbook, ...place, ...args]);
      this.used = [...new Set([...iam.used].map((use) => use.split(' ')[1]!))].sort();
      return { code, ...said };
    } finally {
      for (const spy of spies) spy.mockRestore();
      await close();
    }
  }

  /** What was written. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  get written(): any {
    return JSON.parse(readFileSync(this.file, 'utf8'));
  }

  remove(): void {
    for (const name of KEYS) delete process.env[name];
    rmSync(this.folder, { recursive: true });
  }

  private get statements(): readonly Statement[] {
    const { Statement } = json<PolicyDocument>('docs/policies', `init-${this.runbook}.json`);
    return Statement as readonly Statement[];
  }
}

/** Lines under `… missing or wrong`. */
export const missingIn = ({ out }: Ended): string[] =>
  out
    .split('\n')
    .filter((line) => line.startsWith('  - '))
    .map((line) => line.slice(4));
