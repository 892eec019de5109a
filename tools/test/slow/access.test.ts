// Warehouses that are not reached through a role: with the task's own rights, as a database user, or
// with a secret. The rights of the gate step stand here too, which no machine of the example has.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { KEPT, keeps } from './permissions/kept';
import { Rehearsals } from './permissions/prove';
import { rightsOf, without } from './permissions/rights';
import type { Run } from './permissions/runs';
import { DEMO, removeAssemblies, submitted, synthesize } from './support';

const HOUR = 3_600_000;
const SUBMIT = 'task=RunBatches,service=redshift-data,operation=ExecuteStatement';
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:demo-Ab12Cd';
const ADDRESSES = {
  serverless: {
    kind: 'serverless',
    workgroup: 'demo',
    arn: 'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/demo',
  },
  cluster: {
    kind: 'provisioned',
    cluster: 'demo',
    arn: 'arn:aws:redshift:us-east-1:000000000000:cluster:demo',
  },
};
/** How it is reached, where it is, and the right that gives the database's credentials. */
const CREDENTIALS = [
  ['serverless', 'serverless', 'redshift-serverless:GetCredentials'],
  ['serverless-secret', 'serverless', 'secretsmanager:GetSecretValue'],
  ['cluster', 'cluster', 'redshift:GetClusterCredentialsWithIAM'],
  ['cluster-user', 'cluster', 'redshift:GetClusterCredentials'],
  ['cluster-secret', 'cluster', 'secretsmanager:GetSecretValue'],
] as const;

const folders: string[] = [];
afterAll(() => {
  removeAssemblies();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The demo's warehouse under another address, where everybody may work. */
function scenario(address: keyof typeof ADDRESSES): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scenario-'));
  folders.push(folder);
  cpSync(DEMO, folder, { recursive: true });
  const account = path.join(folder, 'cloud.json');
  const warehouse = {
    ...ADDRESSES[address],
    database: 'demo',
    secrets: { [SECRET]: 'demo_user' },
  };
  const changed = { ...JSON.parse(readFileSync(account, 'utf8')), warehouse };
  writeFileSync(account, JSON.stringify(changed));
  const sql = path.join(folder, 'warehouse.sql');
  const open = 'grant usage on schema demo to public; grant insert on demo.calls to public;';
  writeFileSync(sql, `create user demo_user;\n${readFileSync(sql, 'utf8')}\n${open}`);
  return folder;
}

/** A worker dies behind two submits, found in the list and in the history; a third is stopped. */
const run: Run = {
  name: 'found again after a day and after five, stopped and redriven',
  faults: [
    'kind=drop-event,service=aws.states',
    `kind=kill,when=after,sql=work(,nth=1,${SUBMIT}`,
    `kind=kill,when=after,sql=work(,nth=2,${SUBMIT}`,
    'kind=delay,sql=work(,seconds=300',
  ],
  async play(stage) {
    const arn = stage.start('work', {});
    await stage.notice('asks:');
    await stage.play('answer', stage.answerTo(arn, 'approve', 'work'));
    await stage.ended(arn, 'FAILED');
    await stage.cloud.clock.sleep(20 * HOUR);
    await stage.redriven(arn, 'FAILED');
    await stage.cloud.clock.sleep(120 * HOUR);
    const next = stage.start('work', { continueRun: stage.runOf(arn) });
    await submitted(stage.cloud, 'work(', 3);
    await stage.cloud.clock.sleep(20_000);
    stage.cloud.engine.stop(next);
    await stage.cloud.clock.sleep(60_000);
    await stage.redriven(next);
  },
};

/**
 * Without these a run goes on another way: stop.test.ts and deaths.test.ts show which. All others
 * must be there.
 */
const OPTIONAL = ['redshift-data:CancelStatement', 'redshift-data:ListStatements'];

describe.each(CREDENTIALS)('%s', (access, address, credentials) => {
  let assemblyDir: string;
  let rehearsals: Rehearsals;
  let used: ReadonlySet<string>;
  beforeAll(async () => {
    assemblyDir = synthesize('access', { ACCESS: access });
    rehearsals = new Rehearsals(assemblyDir, 'access', scenario(address));
    const [played] = await rehearsals.playAll([run]);
    expect(played!.refused).toEqual([]);
    used = played!.used;
  });
  afterAll(() => rehearsals.stop());

  const rights = () =>
    rightsOf(assemblyDir).filter(
      (right) =>
        /RunBatches|OpenGate/.test(right.holder) && !KEPT.some((entry) => keeps(entry)(right)),
    );

  it('gives no right that is not used', () => {
    expect(rights().map(({ action }) => action)).toContain(credentials);
    expect(
      rights()
        .filter(({ id }) => !used.has(id))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  it('refuses a rehearsal without one of the rights', async () => {
    const cases = rights()
      .filter(({ action }) => !OPTIONAL.includes(action))
      .map((right) => ({
        name: right.name,
        actions: [right.action],
        edit: without(right),
        runs: [run],
      }));
    expect(cases.length).toBeGreaterThan(8);
    expect(await rehearsals.unproven(cases)).toEqual([]);
  });
});
