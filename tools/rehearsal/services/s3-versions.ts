// Versions of objects in buckets that keep none: each object is the version called `null`.

import { ServiceError, type ServiceRequest } from '../types';
import { type HttpAnswer, type HttpInput, xml } from './protocols';
import type { ObjectStore } from './s3';

type Authorize = ServiceRequest['authorize'];
const MOST = 1_000;

const answer = (name: string, members: object): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: xml(name, members, null),
});

/** ListObjectVersions. */
export function listVersions(store: ObjectStore, bucket: string, query: URLSearchParams) {
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('key-marker') ?? '';
  const most = Math.min(MOST, Number(query.get('max-keys') ?? MOST));
  const left = store.list(bucket, prefix).filter((key) => key > marker);
  const page = left.slice(0, most);
  const more = left.length > page.length;
  return answer('ListVersionsResult', {
    Name: bucket,
    Prefix: prefix,
    MaxKeys: most,
    IsTruncated: more,
    NextKeyMarker: more ? page.at(-1) : undefined,
    NextVersionIdMarker: more ? 'null' : undefined,
    Version: page.map((Key) => {
      const { body, etag, modified } = store.get(bucket, Key)!;
      const LastModified = new Date(modified);
      return {
        Key,
        VersionId: 'null',
        IsLatest: true,
        LastModified,
        ETag: etag,
        Size: body.length,
      };
    }),
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const plain = (text: string): string => text.replace(/&(\w+);/g, (_, name) => ENTITIES[name] ?? _);

/** DeleteObjects: each object on its own; one that may not be deleted stands in the answer. */
export function deleteObjects(
  store: ObjectStore,
  bucket: string,
  { body }: HttpInput,
  authorize: Authorize,
): HttpAnswer {
  const named = [...body.toString().matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, inner]) => {
    const member = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(inner!)?.[1];
    return { Key: plain(member('Key') ?? ''), VersionId: member('VersionId') };
  });
  if (named.length === 0 || named.length > MOST) {
    throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed');
  }
  const refused = named.flatMap(({ Key, VersionId }) => {
    try {
      const action = VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
      authorize(action, `arn:aws:s3:::${bucket}/${Key}`);
      store.delete(bucket, Key);
      return [];
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === 'NoSuchBucket') throw error;
      return [{ Key, VersionId, Code: 'AccessDenied', Message: error.message }];
    }
  });
  return answer('DeleteResult', { Error: refused });
}
