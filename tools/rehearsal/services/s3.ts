// Buckets in memory. The warehouse's UNLOAD and COPY read and write them directly, tasks over HTTP.

import { createHash } from 'node:crypto';
import { type Clock, ServiceError, type ServiceRequest } from '../types';
import { type HttpAnswer, type HttpInput, type RestService, xml } from './protocols';

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
      if (method === 'HEAD') return 'HeadBucket';
      return method === 'GET' && query.get('list-type') === '2' ? 'ListObjectsV2' : undefined;
    }
    const chunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
    const copies = headers['x-amz-copy-source'] !== undefined;
    const special = [...query.keys()].some((name) => !IGNORED_QUERY.has(name));
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
      case 'HeadBucket':
        authorize('s3:ListBucket', bucketArn);
        this.store.list(bucket);
        return { status: 200 };
      case 'ListObjectsV2':
        authorize('s3:ListBucket', bucketArn, { 's3:prefix': input.query.get('prefix') ?? '' });
        return this.listing(bucket, input.query);
      default:
        authorize('s3:GetObject', objectArn);
        return this.read(bucket, key, input.headers.range as string | undefined, () =>
          authorize('s3:ListBucket', bucketArn),
        );
    }
  }

  private read(bucket: string, key: string, range: string | undefined, mayList: () => void) {
    const object = this.store.get(bucket, key);
    if (!object) {
      // Who may not list a bucket does not learn that a key is missing.
      mayList();
      throw noSuchKey();
    }
    const { body, etag, modified } = object;
    const headers: Record<string, string> = {
      ...object.headers,
      etag,
      'last-modified': new Date(modified).toUTCString(),
      'accept-ranges': 'bytes',
    };
    const found = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const from = Number(found?.[1] ?? 0);
    const to = Math.min(body.length - 1, found?.[2] ? Number(found[2]) : body.length - 1);
    const part = body.subarray(from, to + 1);
    headers['content-length'] = String(part.length);
    if (found) headers['content-range'] = `bytes ${from}-${to}/${body.length}`;
    return { status: found ? 206 : 200, headers, body: part };
  }

  private listing(bucket: string, query: URLSearchParams): HttpAnswer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const most = Math.min(1000, Number(query.get('max-keys') ?? 1000));
    const delimiter = query.get('delimiter');
    const groupOf = (key: string): string => {
      const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      return at < 0 ? key : key.slice(0, at + delimiter!.length);
    };
    const names = this.store.list(bucket, prefix).map(groupOf);
    const left = [...new Set(names)].filter((name) => name > after);
    const page = left.slice(0, most);
    const isGroup = (name: string) => delimiter !== null && name.endsWith(delimiter);
    const body = xml(
      'ListBucketResult',
      {
        Name: bucket,
        Prefix: prefix,
        KeyCount: page.length,
        MaxKeys: most,
        IsTruncated: left.length > most,
        NextContinuationToken: left.length > most ? page.at(-1) : undefined,
        Contents: page
          .filter((name) => !isGroup(name))
          .map((Key) => {
            const { body: bytes, etag, modified } = this.store.get(bucket, Key)!;
            return {
              Key,
              LastModified: new Date(modified),
              ETag: etag,
              Size: bytes.length,
              StorageClass: 'STANDARD',
            };
          }),
        CommonPrefixes: page.filter(isGroup).map((Prefix) => ({ Prefix })),
      },
      null,
    );
    return { status: 200, headers: { 'content-type': 'application/xml' }, body };
  }
}
