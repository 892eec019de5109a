// The schema workflow's start: after the data modeling stack was updated its custom resource uploads the
// SQL of each application and starts one execution for each; it does not wait for them.

import type { Ground } from './ground';
import { readSchemaList } from './schema-list';

/** Starts the executions, a second apart. */
export async function startSchemas(
  ground: Ground,
  scenarioDir: string,
  apps: readonly string[],
): Promise<void> {
  const { around, solution } = ground;
  const { clock, engine, store } = around;
  const stateMachineArn = ground.machine('schema');
  const list = readSchemaList(scenarioDir);
  const stamp = new Date(clock.now()).toISOString().replace(/[:.-]/g, '');
  for (const [count, app] of apps.entries()) {
    const folder = `data/tmp/${solution.project}/sqls/${app}-${stamp}`;
    const sqls = list.map((sql, index) => {
      const key = `${folder}/${index}.sql`;
      store.put(solution.bucket, key, sql.replaceAll('{{app}}', `"${app}"`));
      return `s3://${solution.bucket}/${key}`;
    });
    const input = JSON.stringify({ sqls });
    engine.start({ stateMachineArn, name: `${app}-${stamp}-${count}`, input });
    await clock.sleep(1000);
  }
}
