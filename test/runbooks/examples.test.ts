// The examples of the documentation are apps: each is synthesized as its reader would do it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const EXAMPLES = path.join(__dirname, '../../docs/examples');
const apps = readdirSync(EXAMPLES, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'));
const outdir = mkdtempSync(path.join(tmpdir(), 'examples-'));
afterAll(() => rmSync(outdir, { recursive: true }));

test.each(apps)(
  'docs/examples/%s makes a stack with a state machine',
  (app) => {
    const folder = path.join(outdir, app.replace(/\W/g, '-'));
    const { status, stderr } = spawnSync(
      process.execPath,
      [require.resolve('tsx/cli'), path.join(EXAMPLES, app)],
      { env: { ...process.env, CDK_OUTDIR: folder }, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    const template = readdirSync(folder).find((file) => file.endsWith('.template.json'))!;
    expect(readFileSync(path.join(folder, template), 'utf8')).toContain(
      '"AWS::StepFunctions::StateMachine"',
    );
  },
  120_000,
);
