// `runbooks account`: the file for the keys is nobody else's, and what is printed can be typed.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { claimEnv, removeEnv, writeEnv } from '../../cli/account-env';
import { welcome } from '../../cli/account-welcome';
import { main } from '../../cli/main';
import { loadScenario } from '../../cli/scenario';
import type { Stage } from '../../cli/stage';
import type { RunningCloud } from '../../rehearsal/cloud';

let folder: string;
let env: string;
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ({ port } = server.address() as { port: number });
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'account-'));
  env = path.join(folder, '.env');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const cloud = () =>
  ({
    endpointUrl: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    operatorCredentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
  }) as RunningCloud;
const dead = () => spawnSync('true').pid;
const text = () => readFileSync(env, 'utf8');
const of = (process: number, at: number) =>
  writeFileSync(
    env,
    `# account of a rehearsal, process ${process}\nexport AWS_ENDPOINT_URL='http://127.0.0.1:${at}'\n`,
  );

describe('the file for the keys', () => {
  it('says whose it is, is for its owner only, and gives a shell address and keys', async () => {
    await writeEnv(env, cloud());
    expect(text()).toMatch(new RegExp(`^# account of a rehearsal, process ${process.pid}\n`));
    expect(statSync(env).mode & 0o777).toBe(0o600);
    const script = `. '${env}'; echo "$AWS_ENDPOINT_URL $AWS_DEFAULT_REGION $AWS_SESSION_TOKEN"`;
    const heard = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(heard).toBe(`http://127.0.0.1:${port} eu-west-1 c\n`);
    removeEnv(env);
    expect(existsSync(env)).toBe(false);
  });

  it.each([
    ['without our first line', 'API_KEY=mine\n'],
    ['that is empty', ''],
    ['with the words somewhere else', 'X=1\n# account of a rehearsal, process 1\n'],
    ['with the words and no process', '# account of a rehearsal, process one\n'],
  ])('%s stays as it is', async (_, content) => {
    writeFileSync(env, content);
    await expect(claimEnv(env)).rejects.toThrow(/no account of a rehearsal wrote it/);
    await expect(writeEnv(env, cloud())).rejects.toThrow(/it stays as it is; give another --env/);
    removeEnv(env);
    expect(text()).toBe(content);
  });

  it('of an account that is there stays as it is', async () => {
    of(process.ppid, port);
    const before = text();
    const wanted = new RegExp(`the account that process ${process.ppid} serves`);
    await expect(claimEnv(env)).rejects.toThrow(wanted);
    await expect(writeEnv(env, cloud())).rejects.toThrow(wanted);
    removeEnv(env);
    expect(text()).toBe(before);
  });

  it('of an account that was killed hinders nobody, and is not readable for others any more', async () => {
    of(dead(), port);
    await claimEnv(env);
    await writeEnv(env, cloud());
    expect(text()).toContain(`process ${process.pid}\n`);
    expect(statSync(env).mode & 0o777).toBe(0o600);
  });

  it('nor does one whose process got its number later', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port: gone } = other.address() as { port: number };
    await new Promise((resolve) => other.close(resolve));
    of(process.ppid, gone);
    await expect(claimEnv(env)).resolves.toBeUndefined();
  });

  it('that somebody wrote while the account started stays, and is not removed at the end', async () => {
    await claimEnv(env);
    writeFileSync(env, 'mine\n');
    await expect(writeEnv(env, cloud())).rejects.toThrow(/stays as it is/);
    removeEnv(env);
    expect(text()).toBe('mine\n');
  });

  it('is refused before anything is built or started', async () => {
    let said = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((one) => {
      said += one;
      return true;
    });
    const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const account = ['account', '--scenario', 'clickstream', '--env'];
    writeFileSync(env, 'mine\n');
    expect(await main([...account, env])).toBe(2);
    expect(said).toContain(`${env} is there and no account of a rehearsal wrote it`);
    expect(await main([...account, folder])).toBe(2);
    expect(said).toContain(`${folder} cannot be read (EISDIR)`);
    expect(await main([...account, path.join(folder, 'none', 'env')])).toBe(2);
    expect(said).toContain('cannot be written (ENOENT)');
    expect(out).not.toHaveBeenCalled();
  });
});

describe('what is printed', () => {
  const HISTORY = 'student-module-history';
  const REMOVAL = `${HISTORY}-removal`;

  /** A stage with the machines of the history, as far as it is printed. */
  function stage(runbook: string, input: unknown): Stage {
    const machines = [`${HISTORY}-migration`, REMOVAL].map((name) => [
      name,
      {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { StateMachineName: `example-${name}` },
      },
    ]);
    const template = { Resources: Object.fromEntries(machines) };
    const artifact = {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: 'template.json' },
    };
    const put = (file: string, value: object) =>
      writeFileSync(path.join(folder, file), JSON.stringify(value));
    put('manifest.json', { artifacts: { [`example-${HISTORY}`]: artifact } });
    put('template.json', template);
    return {
      assembly: folder,
      scenario: loadScenario(HISTORY, runbook),
      machine: { name: `example-${runbook}`, stack: `example-${HISTORY}` },
      runbook,
      input,
    } as Stage;
  }

  it('is a start whose input every shell hands on as it is', () => {
    const input = { note: 'Ada\'s table \\n $HOME `date` "x"' };
    const lines = welcome(stage(`${HISTORY}-migration`, input), 'http://here', 'a file');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ {2}source '.*\/a file'$/);
    const [print, start] = lines[2]!.split(' | ');
    expect(start).toBe(
      `npx --no-install runbooks start example-${HISTORY}-migration --input - --watch`,
    );
    const heard = execFileSync('sh', ['-c', print!], { encoding: 'utf8' });
    expect(JSON.parse(heard)).toEqual(input);
  });

  it('begins with what has to have run before, whose run is named in the input', () => {
    const removal = loadScenario(HISTORY, REMOVAL).json('input', REMOVAL);
    const lines = welcome(stage(REMOVAL, removal), 'http://here', 'account.env');
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(
        /^ {2}printf %s '\{"table":"courseware_studentmodulehistory",.*start example-student-module-history-migration /,
      ),
      "When that has succeeded, with example-student-module-history-migration's run, run-… in its last lines, in place of $run:",
      expect.stringMatching(
        /^ {2}printf %s '\{"migrationOf":"\$run",.*start example-student-module-history-removal /,
      ),
    ]);
  });
});
