import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Evidence } from '../../lambdas/run-batches/payload';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { OrderedBatches } from './batches';
import { Step } from './chain';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';
import type { Warehouse } from './warehouse';

/** Properties of {@link RedshiftStatement}. */
export interface RedshiftStatementProps {
  /**
   * What is run, in the plural and lower case, as in `Run user migrations`. Unique in the machine.
   */
  readonly work: string;

  /** Name of the step in ledger and reports, and of its result in the state data: letters only. */
  readonly step: string;

  /** Where the statements run. */
  readonly warehouse: Warehouse;

  /** The statements, run one after the other, by name. */
  readonly statements: Readonly<Record<string, SqlFile | StatementTemplate>>;

  /**
   * How the end of a statement is judged.
   *
   * @default - the status of the statement alone
   */
  readonly evidence?: Evidence;

  /**
   * Whether the statements change nothing and may simply run again after a doubt.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/**
 * Runs statements of any length, each started once, followed to its end, and found again after a
 * death, a stop or a redrive.
 */
export class RedshiftStatement extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: RedshiftStatementProps) {
    super(scope, id);
    checkStepName(this, 'step', props.step);
    const statements = Object.entries(props.statements).map(([name, statement]) => ({
      name,
      ...('template' in statement ? statement.template : statement),
    }));
    const batches = new OrderedBatches(this, 'Statements', {
      work: props.work,
      warehouse: props.warehouse,
      label: props.step,
      inItem: props.inItem ?? false,
      payload: {
        step: props.step,
        plan: { kind: 'list', statements },
        evidence: props.evidence ?? { kind: 'status' },
        ...(props.readOnly === undefined ? {} : { readOnly: props.readOnly }),
      } as never,
    });
    this.startState = batches.startState;
    this.endStates = batches.endStates;
  }
}
