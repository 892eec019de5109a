// S3 as a warehouse sees it: with one of its roles, whose rights are asked for each call.
// https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html

import type { ObjectStore } from '../../services/s3';
import type { Principal } from '../../types';
import type { Place } from './statements';

/** Opens S3 with a role of the warehouse, by its ARN or `default`. */
export type StorageOpener = (role: string) => WarehouseStorage;

/** Throws unless the role may do it. */
export type Allowed = (principal: Principal, action: string, resource: string) => void;

export class WarehouseStorage {
  constructor(
    private readonly store: ObjectStore,
    private readonly role: Principal,
    private readonly allowed: Allowed,
  ) {}

  /** Keys that begin like the place. */
  list({ bucket, key }: Place): string[] {
    this.ask('s3:ListBucket', bucket);
    return this.found(() => this.store.list(bucket, key));
  }

  read({ bucket, key }: Place): Buffer | undefined {
    this.ask('s3:GetObject', bucket, key);
    return this.found(() => this.store.get(bucket, key)?.body);
  }

  write({ bucket, key }: Place, body: Buffer | string): void {
    this.ask('s3:PutObject', bucket, key);
    this.found(() => this.store.put(bucket, key, body));
  }

  remove({ bucket, key }: Place): void {
    this.ask('s3:DeleteObject', bucket, key);
    this.found(() => this.store.delete(bucket, key));
  }

  private ask(action: string, bucket: string, key?: string): void {
    const arn = `arn:aws:s3:::${bucket}`;
    try {
      this.allowed(this.role, action, key === undefined ? arn : `${arn}/${key}`);
    } catch (cause) {
      const said = (cause as Error).message;
      throw new Error(`S3ServiceException:Access Denied,Status 403,Error AccessDenied (${said})`, {
        cause,
      });
    }
  }

  private found<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      const said = (cause as Error).message;
      throw new Error(`S3ServiceException:${said},Status 404`, { cause });
    }
  }
}

export const uriOf = ({ bucket, key }: Place): string => `s3://${bucket}/${key}`;
