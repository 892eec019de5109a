// Buckets in memory. The warehouse's UNLOAD and COPY read and write them directly, tasks over HTTP.

import { createHash } from 'node:crypto';
import { type Clock, ServiceError, type ServiceRequest } from '../types';
import { type HttpAnswer, type HttpInput, type RestService, xml } from './protocols';
import { deleteObjects, listVersions } from './s3-versions';

/** An object as it was last written. */
export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: number;
  readonly headers: Readonly<Record<string, string>>;
}

const noSuchBucket = () =>
  new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
const noSuchKey = () => new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);

/** What the buckets of the account hold. */
export class ObjectStore {
  private readonly buckets = new Map<string, Map<string, StoredObject>>();

  constructor(private readonly clock: Clock) {}

  createBucket(name: string): void {
    if (!this.buckets.has(name)) this.buckets.set(name, new Map());
  }

  put(
    bucket: string,
    key: string,
    body: Buffer | string,
    headers: Readonly<Record<string, string>> = {},
  ): StoredObject {
    const bytes = Buffer.from(body as string);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const stored = { body: bytes, etag, modified: this.clock.now(), headers };
    this.objects(bucket).set(key, stored);
    return stored;
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.objects(bucket).get(key);
  }

  delete(bucket: string, key: string): void {
    this.objects(bucket).delete(key);
  }

  /** Keys with a prefix, in the order of their UTF-8 bytes. */
  list(bucket: string, prefix = ''): string[] {
    const keys = [...this.objects(bucket).keys()].filter((key) => key.startsWith(prefix));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private objects(bucket: string): Map<string, StoredObject> {
    const objects = this.buckets.get(bucket);
    if (!objects) throw noSuchBucket();
    return objects;
  }
}

const OBJECT_OPERATIONS: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

/** What a request may say beyond bucket and key; anything else is an operation we do not have. */
const IGNORED_QUERY = new Set(['x-id']);

/** The S3 API, path style. */
export class S3Service implements RestService {
  readonly target = 's3';
  readonly protocol = 'rest-xml';

  constructor(private readonly store: ObjectStore) {}

  operationOf({ method, path, query, headers }: HttpInput): string | undefined {
    const [, bucket, ...key] = path.split('/');
    if (!bucket) return undefined;
    if (key.join('/') === '') {
      if (method === 'GET' && query.has('versions')) return 'ListObjectVersions';
      if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
      const lists = method === 'GET' && query.get('list-type') === '2' && !query.has('delimiter');
      return lists ? 'ListObjectsV2' : undefined;
    }
    const chunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
    const copies = headers['x-amz-copy-source'] !== undefined;
    const special =
      headers.range !== undefined || [...query.keys()].some((name) => !IGNORED_QUERY.has(name));
    return chunked || copies || special ? undefined : OBJECT_OPERATIONS[method];
  }

  async call({ operation, input, authorize }: ServiceRequest<HttpInput>): Promise<HttpAnswer> {
    const [, bucket, ...rest] = input.path.split('/') as [string, string, ...string[]];
    const key = rest.join('/');
    const bucketArn = `arn:aws:s3:::${bucket}`;
    const objectArn = `${bucketArn}/${key}`;
    switch (operation) {
      case 'PutObject': {
        authorize('s3:PutObject', objectArn);
        const kept = Object.entries(input.headers).filter(([name]) =>
          /^x-amz-meta-|^content-type$/.test(name),
        );
        const { etag } = this.store.put(
          bucket,
          key,
          input.body,
          Object.fromEntries(kept) as Record<string, string>,
        );
        return { status: 200, headers: { etag } };
      }
      case 'DeleteObject':
        authorize('s3:DeleteObject', objectArn);
        this.store.delete(bucket, key);
        return { status: 204 };
      case 'ListObjectsV2':
        authorize('s3:ListBucket', bucketArn, { 's3:prefix': input.query.get('prefix') ?? '' });
        return this.listing(bucket, input.query);
      case 'ListObjectVersions':
        authorize('s3:ListBucketVersions', bucketArn, {
          's3:prefix': input.query.get('prefix') ?? '',
        });
        return listVersions(this.store, bucket, input.query);
      case 'DeleteObjects':
        return deleteObjects(this.store, bucket, input, authorize);
      default:
        authorize('s3:GetObject', objectArn);
        return this.read(bucket, key, () => authorize('s3:ListBucket', bucketArn));
    }
  }

  private read(bucket: string, key: string, mayList: () => void): HttpAnswer {
    const object = this.store.get(bucket, key);
    if (!object) {
      // Who may not list a bucket does not learn that a key is missing.
      mayList();
      throw noSuchKey();
    }
    const { body, etag, modified } = object;
    const headers = {
      ...object.headers,
      etag,
      'last-modified': new Date(modified).toUTCString(),
      'content-length': String(body.length),
    };
    return { status: 200, headers, body };
  }

  private listing(bucket: string, query: URLSearchParams): HttpAnswer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const asked = query.get('max-keys') ?? '1000';
    if (!/^\d{1,9}$/.test(asked)) {
      throw new ServiceError('InvalidArgument', 'Provided max-keys not an integer or out of range');
    }
    const most = Math.min(1000, Number(asked));
    const left = this.store.list(bucket, prefix).filter((key) => key > after);
    const page = left.slice(0, most);
    const body = xml(
      'ListBucketResult',
      {
        Name: bucket,
        Prefix: prefix,
        KeyCount: page.length,
        MaxKeys: most,
        IsTruncated: left.length > most,
        NextContinuationToken: left.length > most ? page.at(-1) : undefined,
        Contents: page.map((Key) => {
          const { body: bytes, etag, modified } = this.store.get(bucket, Key)!;
          return {
            Key,
            LastModified: new Date(modified),
            ETag: etag,
            Size: bytes.length,
            StorageClass: 'STANDARD',
          };
        }),
      },
      null,
    );
    return { status: 200, headers: { 'content-type': 'application/xml' }, body };
  }
}
