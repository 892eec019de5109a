// The tests for those who have an account: here they are synthesized, and what they would ask for is looked at.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const outdir = mkdtempSync(path.join(tmpdir(), 'integ-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const apps = readdirSync(__dirname).filter((file) => /^integ\..*\.ts$/.test(file));
const synth = (app: string, target: string) => {
  const folder = path.join(outdir, `${app}-${target}`);
  const { status, stderr } = spawnSync(
    process.execPath,
    [require.resolve('tsx/cli'), path.join(__dirname, app)],
    {
      cwd: ROOT,
      env: { ...process.env, CDK_OUTDIR: folder, INTEG_TARGET: target },
      encoding: 'utf8',
    },
  );
  return { status, stderr, folder };
};
const read = (folder: string, file: string) =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

test('there is one for each runbook', () => {
  const runbooks = readdirSync(path.join(ROOT, 'lib/runbooks'), { withFileTypes: true });
  expect(apps).toEqual(
    runbooks.filter((one) => one.isDirectory()).map(({ name }) => `integ.${name}.ts`),
  );
});

test.each(apps)(
  '%s deploys the stack, starts a dry run and waits for its success',
  (app) => {
    const { status, stderr, folder } = synth(app, 'example');
    expect([status, stderr]).toEqual([0, '']);
    const { testCases } = read(folder, 'integ.json');
    const [{ stacks, assertionStackName, regions }] = Object.values(testCases) as [
      Record<string, string>,
    ];
    expect([stacks, regions]).toEqual([[expect.stringMatching(/^example-/)], ['us-east-1']]);
    const template = readFileSync(path.join(folder, `${assertionStackName}.template.json`), 'utf8');
    expect(template).toContain('states:StartExecution');
    expect(template).toContain('states:DescribeExecution');
    expect(template.replaceAll('\\', '')).toContain('"dryRun":true');
    expect(template).toContain('SUCCEEDED');
  },
  180_000,
);

test('without a target it says which file is missing', () => {
  const { status, stderr } = synth(apps[0]!, 'nowhere');
  expect(status).not.toBe(0);
  expect(stderr).toContain('nowhere.json');
});
