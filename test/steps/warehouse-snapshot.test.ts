import { Warehouse } from '../../lib/steps/warehouse';
import { WarehouseSnapshot, type WarehouseSnapshotProps } from '../../lib/steps/warehouse-snapshot';
import { grantsOf, synthStates, waysOf } from '../support/step-machine';

const SERVERLESS = Warehouse.serverless({ workgroup: 'shop', database: 'dev' });
const CLUSTER = Warehouse.provisioned({ cluster: 'shop', database: 'dev', region: 'eu-west-1' });
const synth = (props: WarehouseSnapshotProps) =>
  synthStates((stack) => new WarehouseSnapshot(stack, 'Snapshot', props), true);
const payload = ({ states }: ReturnType<typeof synth>) =>
  states['Take a snapshot of the warehouse']!.Arguments!.Payload;

describe('WarehouseSnapshot', () => {
  test('with the fewest props: asks the workgroup for its namespace, and waits', () => {
    const one = synth({ warehouse: SERVERLESS });
    expect(payload(one)).toMatchObject({
      step: 'snapshot',
      source: { workgroup: 'shop', namespace: null, region: 'us-east-1' },
    });
    expect(waysOf(one.states['Snapshot of the warehouse available?']!)).toEqual([
      'Take a snapshot of the warehouse',
      'The warehouse has a snapshot',
    ]);
    const silent = Object.values(one.states).filter(({ Comment }) => !/On redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('with all props: a namespace and a name of its own', () => {
    const one = synth({ warehouse: SERVERLESS, namespace: 'shop-data', step: 'backup' });
    expect(payload(one)).toMatchObject({ step: 'backup', source: { namespace: 'shop-data' } });
    expect(one.states['Snapshot of the warehouse available?']!.Choices![0]!.Condition).toContain(
      '.backup.status',
    );
  });

  test('of a cluster: in its region, under names of runbooks only', () => {
    const one = synth({ warehouse: CLUSTER });
    expect(payload(one)).toMatchObject({ source: { cluster: 'shop', region: 'eu-west-1' } });
    const [cluster, snapshots] = grantsOf(one.template, 'redshift:CreateClusterSnapshot')
      .SnapshotWarehouse!;
    expect(cluster).toMatch(/:redshift:eu-west-1:000000000000:cluster:shop$/);
    expect(snapshots).toMatch(/:redshift:eu-west-1:000000000000:snapshot:shop\/runbook-\*$/);
    expect(grantsOf(one.template, 'redshift-serverless:CreateSnapshot')).toEqual({});
  });

  test('makes and reads snapshots, and may delete and restore none', () => {
    for (const warehouse of [SERVERLESS, CLUSTER]) {
      const { template } = synth({ warehouse });
      expect(JSON.stringify(template.toJSON())).not.toMatch(
        /redshift[a-z-]*:(Delete|Restore|\*|Update)/,
      );
    }
    const { template } = synth({ warehouse: SERVERLESS });
    expect(Object.keys(grantsOf(template, 'redshift-serverless:CreateSnapshot'))).toEqual([
      'SnapshotWarehouse',
    ]);
  });
});
