// What Aurora does with the text of an export: parts that never split a row, and a manifest last.

import { createReadStream } from 'node:fs';
import type { Iam } from '../iam/iam';
import type { ObjectStore } from '../services/s3';
import { type Principal, ServiceError } from '../types';
import type { ExportStatement } from './export-statement';
import { SqlError } from './packets';

/** Where exports go, and with whose rights. */
export interface UploadOptions {
  readonly store: ObjectStore;
  readonly iam: Iam;
  readonly account: string;
  readonly clusterArn: string;
  /** The role of parameter aws_default_s3_role; none: exports are refused. */
  readonly roleArn?: string;
  /** Bytes after which a part ends with the row. @default 6 GiB */
  readonly partBytes?: number;
}

const SIX_GIB = 6 * 1024 ** 3;

const s3Error = (text: string) => new SqlError(63985, 'HY000', `S3 API returned error: ${text}`);

/** One export's way into S3. */
export class Upload {
  constructor(
    private readonly options: UploadOptions,
    private readonly statement: ExportStatement,
  ) {}

  /** Throws when the bucket cannot be used, or holds objects of that name already. */
  check(): void {
    const { bucket, prefix, overwrite } = this.statement;
    const { store, iam, roleArn, clusterArn } = this.options;
    if (!roleArn) {
      throw s3Error(
        'Both aurora_select_into_s3_role and aws_default_s3_role are not specified, ' +
          'please see documentation for more details',
      );
    }
    this.ask(() => {
      iam.assume('rds.amazonaws.com', roleArn, clusterArn);
      this.may('s3:ListBucket', '', { 's3:prefix': prefix });
      const there = store.list(bucket, prefix);
      if (there.length > 0 && !overwrite) {
        throw s3Error(`the prefix ${prefix} has ${there.length} object(s), such as ${there[0]}`);
      }
    });
  }

  /** Writes the parts; returns their keys. What is written stays when a later one fails. */
  async parts(file: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const part of partsOf(file, this.options.partBytes ?? SIX_GIB)) {
      const key = `${this.statement.prefix}.part_${String(keys.length).padStart(5, '0')}`;
      this.put(key, part);
      keys.push(key);
    }
    return keys;
  }

  /** Its being there means that the statement succeeded. */
  manifest(keys: readonly string[]): void {
    const { bucketUri, prefix, manifest } = this.statement;
    const entries = keys.map((key) => ({ url: `${bucketUri}/${key}` }));
    if (manifest) this.put(`${prefix}.manifest`, JSON.stringify({ entries }));
  }

  private put(key: string, body: Buffer | string): void {
    this.ask(() => {
      this.may('s3:PutObject', `/${key}`);
      this.options.store.put(this.statement.bucket, key, body);
    });
  }

  private may(action: string, path: string, context?: Record<string, string>): void {
    const { iam, account, roleArn } = this.options;
    const principal: Principal = { kind: 'role', arn: roleArn!, account };
    iam.authorize(principal, action, `arn:aws:s3:::${this.statement.bucket}${path}`, context);
  }

  /** What S3 or IAM says, as Aurora passes it on. */
  private ask(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw s3Error(`${error.code}:${error.message}`);
    }
  }
}

/** The file in parts of whole rows; an empty file is one empty part. */
async function* partsOf(file: string, most: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let parts = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: Math.min(most, 1 << 20) })) {
    held.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size < most) continue;
    const bytes = Buffer.concat(held);
    const end = rowEnd(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    if (end > 0) parts++;
    held = [bytes.subarray(end)];
    size = bytes.length - end;
  }
  if (size > 0 || parts === 0) yield Buffer.concat(held);
}

/** Behind the last line break that no backslash escapes: there a row ends. 0: nowhere. */
function rowEnd(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(0x0a); at > 0; at = bytes.lastIndexOf(0x0a, at - 1)) {
    let escapes = 0;
    while (bytes[at - 1 - escapes] === 0x5c) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return 0;
}
