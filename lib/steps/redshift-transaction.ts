import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { RunbookPropsError } from '../platform/props-error';
import { OrderedBatches } from './batches';
import { Step } from './chain';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';
import type { Warehouse } from './warehouse';

/** A table that a transaction makes, and with which it cannot be committed a second time. */
export interface TransactionMark {
  /** Its schema; may be JSONata. */
  readonly schema: string;

  /** Its name, one that no other run uses; may be JSONata. */
  readonly table: string;
}

/** Properties of {@link RedshiftTransaction}. */
export interface RedshiftTransactionProps {
  /**
   * What is run, in the plural and lower case, as in `Run swaps`. Unique in the machine.
   */
  readonly work: string;

  /** Name of the step in ledger and reports, and of its result in the state data: letters only. */
  readonly step: string;

  /** Where the transaction runs. */
  readonly warehouse: Warehouse;

  /**
   * The statements in their order, by names that tell people which of them failed. At most 40, none
   * that commits (TRUNCATE, ALTER TABLE APPEND, VACUUM). Parameters are shared: one name, one value.
   */
  readonly statements: Readonly<Record<string, SqlFile | StatementTemplate>>;

  /**
   * The table that one of the statements makes with `create table … as`, with one row whose column
   * `total` is the number of rows the transaction brought. Without it nobody could tell whether a
   * transaction whose answer was lost has been committed.
   */
  readonly mark: TransactionMark;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const MOST_STATEMENTS = 40;

/**
 * Runs statements in one transaction: all of them or none, and once, whatever dies or is asked twice.
 * Its mark, committed with it, decides; when it is there, the transaction is skipped.
 */
export class RedshiftTransaction extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: RedshiftTransactionProps) {
    super(scope, id);
    const { step, warehouse, mark } = props;
    checkStepName(this, 'step', step);
    const statements = Object.entries(props.statements).map(([name, statement]) => ({
      name,
      ...('template' in statement ? statement.template : statement),
    }));
    if (statements.length === 0 || statements.length > MOST_STATEMENTS) {
      throw new RunbookPropsError(
        this,
        `a transaction has 1 to ${MOST_STATEMENTS} statements, got ${statements.length}`,
      );
    }
    const batches = new OrderedBatches(this, 'Transaction', {
      work: props.work,
      warehouse,
      label: step,
      inItem: props.inItem ?? false,
      transactions: true,
      payload: {
        step,
        plan: { kind: 'list', statements: [{ name: 'transaction', transaction: statements }] },
        evidence: { kind: 'mark', schema: mark.schema, table: mark.table },
      } as never,
    });
    this.startState = batches.startState;
    this.endStates = batches.endStates;
  }
}
