// The rehearsal runs what a deployment would upload, and nothing else.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { DEMO, removeAssemblies, start, startCloud, stopClouds, synthesize } from './support';

afterEach(stopClouds);
afterAll(removeAssemblies);

const BUNDLES = path.join(__dirname, '../../../dist/lambdas');

it('executes the bundles of the build, byte for byte, and an edited template changes the run', async () => {
  const assemblyDir = synthesize('batches', { CDK_CONTEXT_JSON: '{"batches":30}' });
  const template = path.join(assemblyDir, 'demo.template.json');
  const text = readFileSync(template, 'utf8');
  const edited = text.replaceAll('\\"batches\\":30', '\\"batches\\":3');
  expect(edited).not.toBe(text);
  writeFileSync(template, edited);
  const cloud = await startCloud({ assemblyDir, scenarioDir: DEMO, clock: 'virtual' });
  const built = readdirSync(BUNDLES).map((task) =>
    createHash('sha256')
      .update(readFileSync(path.join(BUNDLES, task, 'index.mjs')))
      .digest('hex'),
  );
  expect(cloud.bundles.length).toBeGreaterThan(5);
  expect(cloud.bundles.filter(({ sha256 }) => !built.includes(sha256))).toEqual([]);
  const { status } = await cloud.engine.finished(start(cloud, 'demo-ordered', {}));
  expect(status).toBe('SUCCEEDED');
  expect(await cloud.query('select count(*) as calls from demo.calls')).toEqual([{ calls: '3' }]);
});
