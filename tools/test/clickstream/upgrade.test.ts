// The solution upgrades its pipeline as the console's workflow does, seen from outside: by the console's
// API, by CloudFormation's tags, by the executions of its state machines.

import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { faultOf } from '../../rehearsal/faults/faults';
import { PIPELINE, PROJECT, TARGET, World } from './world';

const OLD = 'v1.1.5-202403071513';
const SCHEMA = 'CreateApplicationSchemasSQLExecutionStateMachine';
const ORDER = [
  ['ServiceCatalogAppRegistry'],
  ['DataProcessing', 'Ingestion', 'Metrics'],
  ['DataModelingRedshift'],
  ['Reporting'],
];
let world: World;

beforeEach(async () => {
  world = await World.start('clickstream-pipeline-upgrade');
  await Promise.all(['shop', 'order'].map((app) => world.setZone(app)));
});
afterEach(() => world.stop());

/** Kind, status and version of each root stack. */
async function stacks(): Promise<[string, string, string][]> {
  const cfn = new CloudFormationClient(world.clientConfig);
  const found: [string, string, string][] = [];
  let NextToken: string | undefined;
  do {
    const page = await cfn.send(new DescribeStacksCommand({ NextToken }));
    for (const { StackName = '', StackStatus = '', Tags = [], ParentId } of page.Stacks ?? []) {
      const version = Tags.find(({ Key }) => Key === 'aws-solution/version')?.Value ?? '';
      if (ParentId === undefined && version) {
        found.push([StackName.split('-')[1]!, StackStatus, version]);
      }
    }
    NextToken = page.NextToken;
  } while (NextToken);
  cfn.destroy();
  return found.sort();
}

const over = () => world.until(async () => (await world.pipeline()).statusType !== 'Updating');
const versions = async () => new Set((await stacks()).map(([, , version]) => version));

it('is upgraded level by level, with moments in which no stack is in progress', async () => {
  expect((await world.upgrade()).status).toBe(201);
  const seen: string[][] = [];
  const gaps: number[] = [];
  await world.until(async () => {
    // However slow the answers are: nothing goes on while somebody looks.
    const release = world.cloud.clock.hold();
    const now = await stacks();
    const { statusType } = await world.pipeline();
    release();
    const busy = now.filter(([, status]) => status.endsWith('_IN_PROGRESS')).map(([kind]) => kind);
    seen.push(busy);
    gaps.push(busy.length === 0 && now.some(([, , version]) => version === OLD) ? 1 : 0);
    return statusType !== 'Updating';
  }, 2);
  const levels = seen.filter((busy, i) => busy.length > 0 && `${busy}` !== `${seen[i - 1]}`);
  expect(levels).toEqual(ORDER);
  expect(gaps).toContain(1);
  expect(await stacks()).toEqual(
    ORDER.flat()
      .sort()
      .map((kind) => [kind, 'UPDATE_COMPLETE', TARGET]),
  );
  expect((await world.pipeline()).statusType).toBe('Active');
});

it('starts the schemas after the stack, and does not wait for them', async () => {
  await world.upgrade();
  await world.until(() => world.executions(SCHEMA).length === 2);
  const [, status] = (await stacks()).find(([kind]) => kind === 'DataModelingRedshift')!;
  expect(status).toMatch(/^UPDATE_COMPLETE/);
});

it('has an EMR application of its own in each version, and servers of a template later', async () => {
  const { emr, cloudformation, ingestion } = world.cloud;
  const output = () => {
    const { outputs } = cloudformation!.find(`Clickstream-DataProcessing-${PIPELINE}`)!;
    return outputs.WithoutPluginsEMRServerlessApplicationId;
  };
  const before = output();
  await world.upgrade();
  await over();
  expect([before, output()]).toEqual(emr.jobs.named(`Clickstream-${PROJECT}`));
  const [fleet] = ingestion;
  expect(fleet!.group.template.launchTemplate).toBeDefined();
  expect(fleet!.group.instances.map(({ template }) => template.launchTemplate)).toEqual([
    undefined,
    undefined,
  ]);
});

it('goes on beside a stack that was rolled back, warns, and is tried again', async () => {
  const where = `operation=UpdateStack,state=Clickstream-DataProcessing-${PIPELINE},nth=1`;
  world.cloud.faults.arm(faultOf(`kind=error,${where},message=no space left`));
  await world.upgrade();
  await over();
  const [rolledBack] = (await stacks()).filter(([kind]) => kind === 'DataProcessing');
  expect(rolledBack).toEqual(['DataProcessing', 'UPDATE_ROLLBACK_COMPLETE', OLD]);
  expect(await versions()).toEqual(new Set([OLD, TARGET]));
  expect((await world.pipeline()).statusType).toBe('Warning');
  const cfn = new CloudFormationClient(world.clientConfig);
  const { StackEvents = [] } = await cfn.send(
    new DescribeStackEventsCommand({ StackName: `Clickstream-DataProcessing-${PIPELINE}` }),
  );
  cfn.destroy();
  expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason)).toContain(
    'no space left',
  );
  expect((await world.upgrade()).status).toBe(400);
  const path = `/api/pipeline/${PIPELINE}/retry?pid=${PROJECT}`;
  expect((await world.ask('POST', path, {})).status).toBe(201);
  await over();
  expect(await versions()).toEqual(new Set([TARGET]));
  expect((await world.pipeline()).statusType).toBe('Active');
});
