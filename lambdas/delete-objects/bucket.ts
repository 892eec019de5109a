// Versions of objects, page by page: a bucket that keeps old versions, or that once did, keeps the rows
// in them when only the newest are deleted. In any other bucket each object is its only version.

import {
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectFolder } from './input';

/** A version of an object, or a delete marker. */
export interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly bytes: number;
}

/** A version that S3 did not delete. */
export type Refusal = NonNullable<DeleteObjectsCommandOutput['Errors']>[number];

export interface Page {
  readonly versions: readonly Version[];
  /** Where the next page begins; undefined after the last. */
  readonly next?: { readonly KeyMarker?: string; readonly VersionIdMarker?: string };
}

export class Buckets {
  constructor(private readonly client: Pick<S3Client, 'send'>) {}

  /** At most 1,000 versions of what lies below a folder: as many as one call deletes. */
  async page({ bucket, folder }: ObjectFolder, from: Page['next'] = {}): Promise<Page> {
    const answer = await this.client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: `${folder}/`,
        MaxKeys: 1_000,
        ...from,
      }),
    );
    const { Versions = [], DeleteMarkers = [] } = answer;
    const all: { Key?: string; VersionId?: string; Size?: number }[] = [
      ...Versions,
      ...DeleteMarkers,
    ];
    const versions = all.map(({ Key, VersionId = 'null', Size: bytes = 0 }) => ({
      Key: Key!,
      VersionId,
      bytes,
    }));
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = answer;
    return answer.IsTruncated ? { versions, next: { KeyMarker, VersionIdMarker } } : { versions };
  }

  /** Deletes versions for good; returns those that are still there, with S3's reason. */
  async remove({ bucket }: ObjectFolder, versions: readonly Version[]): Promise<Refusal[]> {
    const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await this.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    // Somebody else was faster.
    return Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion');
  }
}
