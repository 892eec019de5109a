import { Stack } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { SnapshotSource } from '../../lambdas/snapshot-warehouse/payload';
import { Platform } from '../platform/platform';
import { Step } from './chain';
import { WaitLoop } from './wait-loop';
import type { Warehouse } from './warehouse';

/** Properties of {@link WarehouseSnapshot}. */
export interface WarehouseSnapshotProps {
  /** What the snapshot is made of. */
  readonly warehouse: Warehouse;

  /**
   * Name in ledger and state data: letters only, unique in the machine.
   *
   * @default 'snapshot'
   */
  readonly step?: string;

  /**
   * Name of the workgroup's namespace.
   *
   * @default - the workgroup is asked
   */
  readonly namespace?: string;
}

/**
 * Makes one snapshot of the warehouse for the run, named `runbook-<run>`, and waits until it can be
 * restored from. It is kept when the run is over: whoever is content with the result deletes it.
 */
export class WarehouseSnapshot extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: WarehouseSnapshotProps) {
    super(scope, id);
    const { warehouse } = props;
    const { workgroup, cluster } = warehouse.target;
    const step = props.step ?? 'snapshot';
    const region = warehouse.target.region ?? Stack.of(this).region;
    const source: SnapshotSource =
      workgroup === undefined
        ? { cluster: cluster!, region }
        : { workgroup, namespace: props.namespace ?? null, region };
    const task = Platform.of(this).task('snapshot-warehouse', {
      ledger: ['GetItem', 'PutItem'],
      states: ['DescribeExecution'],
    });
    warehouse.grantSnapshots(task);
    const loop = new WaitLoop(this, 'Loop', {
      step,
      act: 'Take a snapshot of the warehouse',
      question: 'Snapshot of the warehouse available?',
      done: 'The warehouse has a snapshot',
      task,
      payload: { step, source },
      comment:
        'Makes one snapshot, or adopts the one this run has begun, and waits until it is available. ' +
        'On redrive: goes on waiting, and makes another after a failed one',
    });
    this.startState = loop.startState;
    this.endStates = loop.endStates;
  }
}
