// A tenant's bucket, as far as the extract goes: its files, and what it deletes of its own.

import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { perRegion } from '../shared/clients';

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
}

export interface Objects {
  /** All objects whose keys begin with `prefix`, in their order. */
  list(prefix: string): Promise<StoredFile[]>;
  /**
   * Text and ETag of a small object that is listed: of one that is missing only those hear who may list
   * the whole bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  read(key: string): Promise<{ readonly text: string; readonly etag: string }>;
  /** Lines of an object of any size. */
  lines(key: string): Promise<number>;
  write(key: string, text: string): Promise<void>;
  /** One that is gone is no error. */
  remove(key: string): Promise<void>;
}

export class BucketObjects implements Objects {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
  ) {}

  async list(prefix: string): Promise<StoredFile[]> {
    const found: StoredFile[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken }),
      );
      for (const { Key, Size } of page.Contents ?? []) found.push({ key: Key!, bytes: Size ?? 0 });
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  async read(key: string): Promise<{ text: string; etag: string }> {
    const { Body, ETag } = await this.client.send(this.get(key));
    return { text: await Body!.transformToString(), etag: ETag ?? '' };
  }

  async lines(key: string): Promise<number> {
    const { Body } = await this.client.send(this.get(key));
    let lines = 0;
    // Chunk by chunk: a file may have 6 GB.
    for await (const chunk of Body as AsyncIterable<Uint8Array>) lines += lineEnds(chunk);
    return lines;
  }

  async write(key: string, text: string): Promise<void> {
    const ContentType = 'application/json';
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: text, ContentType }),
    );
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  private get(key: string): GetObjectCommand {
    return new GetObjectCommand({ Bucket: this.bucket, Key: key });
  }
}

/** The columns are numbers and instants: no line break stands inside of a row. */
function lineEnds(chunk: Uint8Array): number {
  let ends = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) ends++;
  return ends;
}

const clients = perRegion((settings) => new S3Client(settings));

export const objectsIn = (bucket: string, region: string): Objects =>
  new BucketObjects(clients(region), bucket);
