import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Step } from './chain';
import { RedshiftCopy } from './redshift-copy';
import { RedshiftUnload, type RedshiftUnloadProps } from './redshift-unload';
import type { CopyTarget } from './s3-files';

/** Properties of {@link UnloadCopy}. */
export interface UnloadCopyProps extends RedshiftUnloadProps {
  /** Where the rows go. */
  readonly target: CopyTarget;

  /**
   * Role with which the warehouse reads the files.
   *
   * @default - the role that writes them
   */
  readonly copyRole?: RedshiftUnloadProps['role'];

  /**
   * Warehouse that reads the files.
   *
   * @default - the warehouse that writes them
   */
  readonly copyWarehouse?: RedshiftUnloadProps['warehouse'];
}

/**
 * Moves the rows of a query through S3 into an empty table: UNLOAD to a prefix of the run, COPY of
 * that manifest and nothing else, counts equal. In the state data `<step>Unload` has the `manifest`
 * and its `rows`, and `<step>` the rows that were loaded.
 *
 * Floating-point numbers can lose precision on their way through text:
 * https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html#unload-usage-notes
 */
export class UnloadCopy extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: UnloadCopyProps) {
    super(scope, id);
    const from = `${props.step}Unload`;
    const unload = new RedshiftUnload(this, 'Unload', { ...props, step: from });
    const copy = new RedshiftCopy(this, 'Copy', {
      noun: props.noun,
      step: props.step,
      warehouse: props.copyWarehouse ?? props.warehouse,
      role: props.copyRole ?? props.role,
      format: props.format,
      inItem: props.inItem,
      target: props.target,
      manifest: `{% $states.input.${from}.manifest %}`,
      rows: `{% $states.input.${from}.rows %}`,
    });
    unload.next(copy);
    this.startState = unload.startState;
    this.endStates = copy.endStates;
  }
}
