import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { RunbookPropsError } from '../platform/props-error';
import { OrderedBatches } from './batches';
import { Step } from './chain';
import type { CopyTarget, S3FilesProps } from './s3-files';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';

/** Properties of {@link RedshiftCopy}. */
export interface RedshiftCopyProps extends S3FilesProps {
  /** Address of the manifest; may be JSONata, as in `{% $states.input.backup.manifest %}`. */
  readonly manifest: string;

  /** Rows the files hold; may be JSONata. Another number in the table fails the step. */
  readonly rows: number | string;

  /** Where the rows go. */
  readonly target: CopyTarget;

  /**
   * The COPY, for files that no UNLOAD of this package wrote. It has the marks `{{id:schema}}`,
   * `{{id:table}}`, `{{id:columns}}`, `{{lit:manifest}}` and `{{lit:role}}`, and MAXERROR 0.
   *
   * @default - what fits `format`
   */
  readonly statement?: SqlFile | StatementTemplate;

  /**
   * Statements in front of the COPY, in its session and transaction, by name; such as one that sets
   * the time zone for times without an offset.
   *
   * @default - the COPY alone
   */
  readonly before?: Readonly<Record<string, SqlFile | StatementTemplate>>;
}

/**
 * Loads exactly the files of one manifest into an empty table, all rows or none, and compares the
 * counts. A row that does not fit is named by file, line and column in the error.
 */
export class RedshiftCopy extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: RedshiftCopyProps) {
    super(scope, id);
    const { step, warehouse, format = 'csv', inItem = false } = props;
    const { schema, table, columns } = props.target;
    checkStepName(this, 'step', step);
    if (columns.length === 0) {
      throw new RunbookPropsError(
        this,
        'target.columns must name the columns of the files, got none',
      );
    }
    const { statement = { sql: { file: `redshift/copy-${format}` } } } = props;
    const own: StatementTemplate = 'template' in statement ? statement.template : statement;
    const copy = {
      name: 'copy',
      ...own,
      ids: { ...own.ids, schema, table, columns },
      literals: {
        ...own.literals,
        manifest: { kind: 's3-uri', value: props.manifest },
        role: { kind: 'arn', value: props.role.roleArn },
      },
    };
    const before = Object.entries(props.before ?? {}).map(([name, one]) => ({
      name,
      ...('template' in one ? one.template : one),
    }));
    const transactions = before.length > 0;
    const batches = new OrderedBatches(this, 'Copy', {
      work: `copies of ${props.noun}`,
      warehouse,
      label: step,
      inItem,
      transactions,
      payload: {
        step,
        plan: {
          kind: 'list',
          statements: [transactions ? { name: 'copy', transaction: [...before, copy] } : copy],
        },
        evidence: { kind: 'copy', rows: props.rows, schema, table },
      } as never,
    });
    this.startState = batches.startState;
    this.endStates = batches.endStates;
  }
}
