// The traps of upgrading Clickstream Analytics by hand. Each is held by tests named `trap N: <sentence>: <what
// we do instead>`; this list is how they are found, and no number may lose its test.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../../..');

const TRAPS = [
  'statement FINISHED taken as migration success',
  'waiting for "backfill all end"',
  'one CALL sp_migrate_data_to_v2(30) and wait',
  'starting it for an app without legacy tables',
  'treating base-view errors like migration errors',
  '(NULL, NULL, hours) for the base view after live loads resumed',
  'calling clickstream_event_base_view(...) from the guide',
  'cancelling a slow call and calling again',
  '"done" in the log although a start row has no data left',
  'growing windows with the whole procedure each time',
  'two executions for one app',
  'migrating while loads run',
  'waiting for the stack and then migrating',
  'redriving a schema execution that failed on plpythonu',
  'looking only for the five migration UDFs',
  'SQL workflow polled for FAILED only',
  'recalculation SUCCEEDED taken as done',
  'starting the child because its name also matches',
  'passing forceRefresh',
  'recalculating before all base-view ranges are in',
  'retrying the upgrade POST',
  'upgrading without app time zones',
  'using "no stack in progress" as completion',
  'accepting UPDATE_ROLLBACK_COMPLETE because it ends in COMPLETE',
  'deducing the variant from the description',
  'assuming stack names start with Clickstream-',
  'updating the console from latest',
  'remembering the EMR application id across the upgrade',
  'cancelling EMR jobs to get ahead',
  'forgetting legacy load records',
  'doubling ECS tasks with ServerMin = ServerMax',
  'warm pool',
  'EC2 TerminateInstances',
  'cancel with the Data API role',
  'calling as admin once',
  'migrating more days than the retention',
  'counting event_v2 rows against event',
  'sorting the log by id',
  'Lambda UDF throws on one bad URL or null',
  'MAX of one Lambda run for polling',
  'dropping legacy tables automatically',
  'assuming one app per project',
];

const names = ['test', 'tools/test']
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true }).map((file) =>
      path.join(ROOT, folder, String(file)),
    ),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/['`](trap \d+: .*?)['`][,)]/g)])
  .map(([, name]) => name!);

it('there are 42 traps', () => {
  expect(TRAPS).toHaveLength(42);
});

it.each(TRAPS.map((sentence, i) => `trap ${i + 1}: ${sentence}`))('%s has its test', (trap) => {
  expect(names.filter((name) => name.startsWith(`${trap}: `))).not.toEqual([]);
});

it('every test named after a trap has the number of one', () => {
  const strange = names.filter((name) => !TRAPS[Number(/\d+/.exec(name)![0]) - 1]);
  expect(strange).toEqual([]);
});
