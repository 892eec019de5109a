import { Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { allow } from '../platform/allow';
import { Platform } from '../platform/platform';
import { RunbookPropsError } from '../platform/props-error';
import { OrderedBatches } from './batches';
import { Step } from './chain';
import type { S3FilesProps } from './s3-files';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';

/** Properties of {@link RedshiftUnload}. */
export interface RedshiftUnloadProps extends S3FilesProps {
  /**
   * The query whose rows are written. It takes identifiers and literals, but no parameters, and no
   * LIMIT at its outer level.
   */
  readonly query: SqlFile | StatementTemplate;

  /** The bucket, in the region of the warehouse. */
  readonly bucket: s3.IBucket;

  /**
   * Name of the bucket as JSONata, when each item has its own.
   *
   * @default - that of `bucket`
   */
  readonly bucketName?: string;

  /**
   * Further buckets that `bucketName` may name.
   *
   * @default - none
   */
  readonly moreBuckets?: readonly s3.IBucket[];

  /**
   * Folder in the bucket, without slashes at its ends; may be JSONata. The files lie below it under
   * the ids of run, step and attempt.
   *
   * @default 'unload'
   */
  readonly folder?: string;

  /**
   * What a folder that is JSONata looks like, with `*` for what is not known: for the task's right to
   * read manifests.
   *
   * @default - any folder
   */
  readonly folderPattern?: string;
}

/**
 * Writes the rows of a query to S3, once: an attempt that fails or is lost is followed by one with a
 * prefix of its own, so that files of two attempts never mix. The result in the state data has the
 * address of the `manifest` and the number of `rows` it counts; the address is null when the query had no
 * rows and left no file. Nothing removes the files.
 */
export class RedshiftUnload extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  constructor(scope: Construct, id: string, props: RedshiftUnloadProps) {
    super(scope, id);
    const { step, warehouse, bucket, folder = 'unload', format = 'csv', inItem = false } = props;
    checkStepName(this, 'step', step);
    const unknown = folder.startsWith('{%');
    if (!Token.isUnresolved(folder) && !unknown && !FOLDER.test(folder)) {
      throw new RunbookPropsError(
        this,
        `folder must be names with single slashes between them, got ${JSON.stringify(folder)}`,
      );
    }
    const to =
      unknown || props.bucketName !== undefined
        ? `{% 's3://' & ${expression(props.bucketName ?? bucket.bucketName)} & '/' & ${expression(folder)} & '/' %}`
        : `s3://${bucket.bucketName}/${folder}/`;
    const unload: StatementTemplate & { readonly name: string } = {
      name: 'unload',
      sql: { file: `redshift/unload-${format}` },
      literals: {
        to: { kind: 's3-own-prefix', value: to },
        role: { kind: 'arn', value: props.role.roleArn },
      },
      query: 'template' in props.query ? props.query.template : props.query,
    };
    const batches = new OrderedBatches(this, 'Unload', {
      work: `unloads of ${props.noun}`,
      warehouse,
      label: step,
      inItem,
      payload: {
        step,
        plan: { kind: 'list', statements: [unload] },
        evidence: { kind: 'unload', folder: to },
      } as never,
    });
    this.startState = batches.startState;
    this.endStates = batches.endStates;
    const task = Platform.of(this).task('run-batches');
    const pattern = unknown ? (props.folderPattern ?? '*') : folder;
    for (const one of [bucket, ...(props.moreBuckets ?? [])]) {
      const manifests = one.arnForObjects(`${pattern}/*/manifest`);
      allow(task, ['s3:GetObject'], [manifests], 'Run, step and attempt are part of the key.');
      // Who may not list a bucket is not told that a manifest is missing:
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      allow(task, ['s3:ListBucket'], [one.bucketArn]);
      one.encryptionKey?.grantDecrypt(task);
    }
  }
}

const FOLDER = /^[\w!.*()=-]+(\/[\w!.*()=-]+)*$/;

/** A text as part of a JSONata expression, whether it is one or not. */
function expression(text: string): string {
  const inner = /^\{%(.*)%\}$/s.exec(text)?.[1];
  return inner === undefined ? `'${text}'` : `(${inner.trim()})`;
}
