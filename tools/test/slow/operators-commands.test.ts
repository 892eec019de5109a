// The commands of operators against a rehearsal of the example target, as somebody with the operators' policy
// and nothing else: what they print, what `--json` prints, how they end, and that figures are the ledger's.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readTarget } from '../../../lib/platform/target-config';
import { ROOT, synthesize } from '../../cli/assembly';
import { ledgerTable } from '../../cli/inside';
import { LedgerView } from '../../cli/ledger-view';
import type { RunSight, StepSight } from '../../cli/operate/sight';
import { Cloud } from '../../rehearsal/cloud';
import { arm, CLICKSTREAM, removeAssemblies, variant } from './support';

const BIN = path.join(ROOT, 'tools/bin/runbooks.cjs');
const STACK = 'example-clickstream';
const MIGRATION = `${STACK}-data-migration`;
const INPUT = {
  appIds: ['shop'],
  migration: { days: 30, batchDays: 15, baseViewBatchHours: 720 },
  // Loads on their way would be waited for in real minutes.
  quietPeriod: false,
};
const folder = mkdtempSync(path.join(tmpdir(), 'operators-'));
const assembly = path.join(folder, 'assembly');
let cloud: Cloud;

beforeAll(async () => {
  await synthesize('example', assembly, new AbortController().signal);
  const scenarioDir = variant(CLICKSTREAM, {});
  const account = path.join(scenarioDir, 'cloud.json');
  const scenario = JSON.parse(readFileSync(account, 'utf8'));
  scenario.cloudformation.seconds = { changeSet: 1, update: 2, cleanup: 1 };
  writeFileSync(account, JSON.stringify(scenario));
  cloud = await Cloud.start({ assemblyDir: assembly, scenarioDir, clock: 'real', rows: 300 });
  writeFileSync(path.join(folder, 'input.json'), JSON.stringify(INPUT));
}, 120_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true });
  removeAssemblies();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Keys of somebody with the policy of the stack's operators. */
function operatorKeys() {
  const policy = cloud.resources.find(
    ({ type, stack }) => type === 'AWS::IAM::ManagedPolicy' && stack === STACK,
  )!;
  return cloud.credentialsWith(policy.logicalId);
}

const keysIn = (profile: string, keys: ReturnType<typeof operatorKeys>) =>
  `[${profile}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\naws_session_token = ${keys.sessionToken}\n`;

/** Keys in the environment. */
const keysOf = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: ReturnType<typeof operatorKeys>) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

/** A command under way, with what it has said. */
function begin(args: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = '') {
  const own = {
    PATH: process.env.PATH,
    HOME: folder,
    ...keysOf(operatorKeys()),
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
  return { said, ended };
}

const runbooks = (...args: readonly string[]): Promise<Ended> => begin(args).ended;

/** The one document that `--json` prints. */
async function json<T>(code: number, ...args: readonly string[]): Promise<T> {
  const ended = await runbooks(...args, '--json');
  expect({ code: ended.code, err: ended.code === code ? '' : ended.err }).toEqual({
    code,
    err: '',
  });
  return JSON.parse(ended.out) as T;
}

const started = async (...more: readonly string[]) => {
  const { execution } = await json<{ execution: string }>(
    ...([0, 'start', MIGRATION, '--input', path.join(folder, 'input.json'), ...more] as const),
  );
  return execution;
};

/** What the ledger itself says. */
async function fromLedger<T>(ask: (view: LedgerView) => Promise<T>): Promise<T> {
  const { endpointUrl: endpoint, region, operatorCredentials: credentials } = cloud;
  const view = new LedgerView({ endpoint, region, credentials }, ledgerTable(cloud, STACK));
  try {
    return await ask(view);
  } finally {
    view.close();
  }
}

describe('a migration that fails', () => {
  let arn: string;
  let sight: RunSight & { readonly failures: readonly { state: string; message: string }[] };

  beforeAll(async () => {
    arm(cloud, 'kind=error,sql=sp_migrate_user_to_v2(,nth=1,message=disk full');
    arn = await started('--name', 'first');
    sight = await json(1, 'watch', arn, '--every', '1');
  });

  test('watch ends with 1, names the state in the child and its message', () => {
    expect(sight).toMatchObject({ status: 'FAILED', stack: STACK, machine: MIGRATION });
    expect(sight.failures).toEqual([
      expect.objectContaining({ message: expect.stringContaining('disk full') }),
    ]);
    expect(sight.failures[0]!.state).not.toBe('unknown');
  });

  test('figures are those of the ledger', async () => {
    const run = sight.run!;
    const { steps, batches } = await fromLedger(async (view) => ({
      steps: await view.progress(run),
      batches: await view.timedBatches(run),
    }));
    expect(steps.length).toBeGreaterThan(0);
    const figures = (
      all: readonly Pick<StepSight, 'step' | 'item' | 'rows' | 'batches' | 'doneBatches'>[],
    ) =>
      all
        .map(({ step, item, rows, batches, doneBatches }) => ({
          step,
          item,
          rows,
          batches,
          doneBatches,
        }))
        // Who settles a stopped run touches its steps meanwhile: their order is by time.
        .sort((a, b) => a.step.localeCompare(b.step));
    expect(figures(sight.steps)).toEqual(figures(steps));
    const events = sight.steps.find(({ rows }) => rows > 0)!;
    const own = batches.filter((one) => one.step === events.step && one.status === 'done');
    const seconds = own.reduce(
      (sum, b) => sum + (+new Date(b.endedAt) - +new Date(b.startedAt)) / 1000,
      0,
    );
    expect(sight.log.length).toBeGreaterThan(0);
    expect(steps.flatMap(({ log = [] }) => log)).toEqual(
      expect.arrayContaining(sight.log.map(({ step: _, item: __, ...line }) => line)),
    );
    expect(own.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBe(events.rows);
    expect(events.rowsPerSecond).toBeCloseTo(events.rows / seconds, 6);
  });

  test('the same by the run’s id, for people', async () => {
    const { code, out, err } = await runbooks('watch', sight.run!, '--stack', STACK);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/The execution is FAILED \(run run-\d{8}-[0-9a-f]{10}, [\d,]+ rows\)/);
    expect(out).toContain('disk full');
    expect(out).toContain(`runbooks redrive ${arn}`);
  });

  test('its report is there in three forms', async () => {
    const markdown = await runbooks('report', arn);
    expect(markdown).toMatchObject({ code: 0, err: '' });
    expect(markdown.out).toContain(`# clickstream-data-migration: ${sight.run}`);
    const { run } = await json<{ run: { runId: string } }>(
      0,
      'report',
      sight.run!,
      '--stack',
      STACK,
    );
    expect(run.runId).toBe(sight.run);
    const file = path.join(folder, 'report.html');
    expect((await runbooks('report', arn, '--format', 'html', '--out', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('redrive says what runs again and what stays, and without a terminal wants --yes', async () => {
    const asked = await runbooks('redrive', arn);
    expect(asked.code).toBe(2);
    expect(asked.err).toContain('give --yes, or --dry-run');
    const { code, out } = await runbooks('redrive', arn, '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/runs again {3}Settle/);
    expect(out).toMatch(/tries again .*shop.*disk full/);
    expect(out).toMatch(/stays done {3}\d+ states: Check the input/);
    expect(out).toMatch(/stays done {3}\d+ batch/);
    expect(out).not.toContain('Redriven');
  });

  test('before a deployment that changes nothing it can go on; without a task it cannot', async () => {
    const same = await json<{ stacks: { executions: { takes: string[] }[] }[] }>(
      ...([0, 'predeploy', '--assembly', assembly, '--stack', STACK] as const),
    );
    expect(same.stacks[0]!.executions.map(({ takes }) => takes)).toEqual([[]]);
    const less = path.join(folder, 'less');
    copyWithout(less, 'PlatformRunBatches');
    const { code, out } = await runbooks('predeploy', '--assembly', less, '--stack', STACK);
    expect(code).toBe(1);
    expect(out).toContain('TAKES: task run-batches is removed');
  });

  test('redriven it succeeds; then AWS’s reason is named and nothing is asked', async () => {
    const end = await json<RunSight>(0, 'redrive', arn, '--yes', '--watch', '--every', '1');
    expect(end).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, runStatus: 'succeeded' });
    const again = await runbooks('redrive', arn, '--yes');
    expect(again.code).toBe(1);
    expect(again.err).toContain('Execution is SUCCEEDED and cannot be redriven');
    const none = await json<{ stacks: { executions: unknown[] }[] }>(
      ...([0, 'predeploy', '--assembly', assembly, '--stack', STACK] as const),
    );
    expect(none.stacks[0]!.executions).toEqual([]);
  });
});

/** The assembly without the functions whose logical ids begin so. */
function copyWithout(to: string, beginning: string): void {
  cpSync(assembly, to, { recursive: true });
  const file = path.join(to, `${STACK}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const [id, { Type }] of Object.entries<{ Type: string }>(template.Resources)) {
    if (Type === 'AWS::Lambda::Function' && id.startsWith(beginning)) delete template.Resources[id];
  }
  writeFileSync(file, JSON.stringify(template));
}

describe('a gate', () => {
  const input = JSON.stringify({ targetVersion: '1.1.15' });
  let arn: string;
  let run: string;

  beforeAll(async () => {
    const args = ['start', `${STACK}-console-update`, '--input', '-', '--json'];
    const start = await begin(args, {}, input).ended;
    arn = (JSON.parse(start.out) as { execution: string }).execution;
    for (;;) {
      const sight = await json<RunSight>(0, 'watch', arn, '--once');
      run = sight.run ?? '';
      if (sight.gates.length > 0) break;
      await delay(500);
    }
  });

  test('watch shows its question and what to type', async () => {
    const { code, out } = await runbooks('watch', arn, '--once');
    expect(code).toBe(0);
    expect(out).toContain('Gate change-set asks since');
    expect(out).toContain(`runbooks answer ${arn} change-set approve --asked 20`);
  });

  test('there is no report yet, and nothing can be redriven', async () => {
    const { code, err } = await runbooks('report', arn);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('has no report yet') });
    expect((await runbooks('redrive', arn, '--dry-run')).err).toContain(
      'is RUNNING and cannot be redriven',
    );
  });

  test('an answer at another gate is not sent, and the gates that ask are named', async () => {
    const said = ['none', 'approve', '--stack', STACK, '--by', 'Ada', '--reason', 'x'];
    const { code, err } = await runbooks('answer', run, ...said);
    expect(code).toBe(1);
    expect(err).toContain('asks nothing now; it has asked nothing yet; gates that ask: change-set');
  });

  test('its answer is recorded with the execution, and the run goes on to its end', async () => {
    const said = await json<{ status: string; answeredBy: string }>(
      ...([0, 'answer', run, 'change-set', 'approve', '--stack', STACK] as const),
      ...(['--by', 'Ada', '--reason', 'read it'] as const),
    );
    expect(said).toMatchObject({ status: 'SUCCEEDED', run, by: 'Ada', answer: 'approve' });
    expect(said.answeredBy).toContain(`:execution:${STACK}-answer:`);
    expect((await json<RunSight>(0, 'watch', arn, '--every', '1')).status).toBe('SUCCEEDED');
  });
});

test('a run is stopped with a cause while its keys expire under a watch that goes on with new ones', async () => {
  arm(cloud, 'kind=delay,sql=sp_migrate_event_to_v2(,nth=1,seconds=3600');
  const arn = await started('--name', 'third');
  const shared = path.join(folder, 'credentials');
  const first = operatorKeys();
  writeFileSync(shared, keysIn('ops', first));
  const env = {
    AWS_SHARED_CREDENTIALS_FILE: shared,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SESSION_TOKEN: undefined,
  };
  const watched = begin(['watch', arn, '--every', '1', '--profile', 'ops'], env);
  const until = async (text: string) => {
    while (!watched.said.out.includes(text)) await delay(200);
  };
  await until('Run event batches');
  cloud.expire(first);
  await until('AWS does not take the credentials');
  expect(watched.said.out).toContain('The run goes on; asking again');
  writeFileSync(shared, keysIn('ops', operatorKeys()));
  await until('AWS answers again');
  const stopped = await json<{ status: string; cause: string }>(
    ...([0, 'stop', arn, '--cause', 'not tonight'] as const),
  );
  expect(stopped).toMatchObject({ status: 'ABORTED', cause: 'not tonight' });
  expect(await watched.ended).toMatchObject({
    code: 1,
    out: expect.stringContaining('The execution is ABORTED'),
  });
  const again = await runbooks('stop', arn, '--cause', 'again');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('nothing to stop') });
});

test('bad input is refused by the first state, not by the command', async () => {
  const file = path.join(folder, 'empty.json');
  writeFileSync(file, '{}');
  const { code, out } = await runbooks(
    'start',
    MIGRATION,
    '--input',
    file,
    '--watch',
    '--every',
    '1',
  );
  expect(code).toBe(1);
  expect(out).toContain('RefusedInputError');
});

test('what AWS refuses ends with 1 and one sentence, also as a document', async () => {
  const arn = `arn:aws:states:us-east-1:000000000000:execution:${MIGRATION}:none`;
  const { code, err } = await runbooks('watch', arn);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^runbooks: AWS refused: Execution.*\n$/),
  });
  const document = await json<{ error: { name: string } }>(1, 'watch', arn);
  expect(document.error.name).toBe('RefusedError');
});

describe('init clickstream', () => {
  const policy = JSON.parse(
    readFileSync(path.join(ROOT, 'docs/policies/init-clickstream.json'), 'utf8'),
  );
  const init = (...more: readonly string[]) =>
    begin(
      ['init', 'clickstream', '--project', 'my_project_ab12', '--target', 'qa', ...more],
      keysOf(cloud.credentialsUnder('init', policy)),
    ).ended;
  const written = () => JSON.parse(readFileSync(path.join(folder, 'config/qa.json'), 'utf8'));

  test('from project and region alone it writes a target that deploys, with exactly the calls of its policy', async () => {
    const { code, out, err } = await init();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Wrote config/qa.json');
    const example = JSON.parse(readFileSync(path.join(ROOT, 'config/example.json'), 'utf8'));
    const { serviceRoleArn: _, apiTokenSecretArn: __, ...console } = example.clickstream.console;
    expect(written()).toEqual({
      account: example.account,
      region: example.region,
      clickstream: { ...example.clickstream, console },
    });
    expect(readTarget(path.join(folder, 'config'), 'qa').clickstream?.projectId).toBe(
      'my_project_ab12',
    );
    const used = [...cloud.iam.used].filter((use) =>
      use.startsWith('arn:aws:iam::000000000000:user/init'),
    );
    const actions = policy.Statement.map(({ Action }: { Action: string }) => Action);
    expect(new Set(used.map((use) => use.split(' ')[1]))).toEqual(new Set(actions));
  });

  test('the folder has an app now, with the flags of the package', async () => {
    const app = JSON.parse(readFileSync(path.join(folder, 'cdk.json'), 'utf8'));
    const own = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
    expect(app).toMatchObject({ app: 'npx upgrade-runbooks', context: own.context });
  });

  test('a second one overwrites nothing; forced it keeps what it cannot find', async () => {
    const { code, err } = await init();
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('has a member clickstream already'),
    });
    const file = path.join(folder, 'config/qa.json');
    const before = written();
    const role = 'arn:aws:iam::000000000000:role/console';
    const console = { ...before.clickstream.console, serviceRoleArn: role };
    const changed = {
      ...before,
      dashboard: true,
      clickstream: { ...before.clickstream, console, retentionDays: 1 },
    };
    writeFileSync(file, JSON.stringify(changed));
    expect((await init('--force')).code).toBe(0);
    expect(written()).toEqual({ ...changed, clickstream: { ...before.clickstream, console } });
  });

  test('a project that is not there is refused, and those that are there are named', async () => {
    const none = ['init', 'clickstream', '--project', 'other', '--target', 'none'];
    const { code, err } = await begin(none, keysOf(cloud.credentialsUnder('init', policy))).ended;
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('projects there: my_project_ab12'),
    });
  });
});
