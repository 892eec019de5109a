// Versions of objects behind S3's listing and deletion, page by page.

import { serviceError } from './runs';

interface Stored {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly bytes: number;
  readonly marker: boolean;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

interface Named {
  readonly Key: string;
  readonly VersionId: string;
}

export class FakeBucket {
  private stored: Stored[] = [];
  /** Sizes of the pages that were deleted. */
  readonly deleted: number[] = [];
  /** Codes with which S3 keeps a key, as often as they are here. */
  readonly keeps: Record<string, string[]> = {};
  /** Errors of the next calls. */
  readonly fail: Record<string, Error[]> = {};
  readonly asked: string[] = [];
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  put(bucket: string, key: string, bytes: number, version = 'null', marker = false): void {
    this.stored.push({ bucket, key, version, bytes, marker });
  }

  /** `bucket/key` of all that is left. */
  get left(): string[] {
    return this.stored.map(({ bucket, key }) => `${bucket}/${key}`);
  }

  readonly client = {
    send: async ({ constructor: { name }, input }: Command) => {
      const operation = name.replace('Command', '');
      const error = this.fail[operation]?.shift();
      if (error) throw error;
      this.asked.push(`${operation} ${input.Bucket}/${input.Prefix ?? ''}`);
      return operation === 'DeleteObjects' ? this.remove(input) : this.list(input);
    },
  } as never;

  private list({
    Bucket,
    Prefix,
    MaxKeys,
    KeyMarker = '',
    VersionIdMarker = '',
  }: Command['input']) {
    const found = this.stored
      .filter(({ bucket, key }) => bucket === Bucket && key.startsWith(String(Prefix)))
      .map((one) => ({ ...one, place: `${one.key} ${one.version}` }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .filter(({ place }) => KeyMarker === '' || place > `${KeyMarker} ${VersionIdMarker}`);
    const page = found.slice(0, Number(MaxKeys));
    const named = (marker: boolean) =>
      page
        .filter((one) => one.marker === marker)
        .map(({ key, version, bytes }) => ({
          Key: key,
          VersionId: version,
          ...(marker ? {} : { Size: bytes }),
        }));
    const last = page.at(-1);
    return {
      Versions: named(false),
      DeleteMarkers: named(true),
      IsTruncated: found.length > page.length,
      NextKeyMarker: last?.key,
      NextVersionIdMarker: last?.version,
    };
  }

  private remove({ Bucket, Delete }: Command['input']) {
    this.before();
    const { Objects } = Delete as { Objects: Named[] };
    if (Objects.length > 1_000) throw serviceError('MalformedXML');
    const Errors = Objects.flatMap(({ Key, VersionId }) => {
      const Code = this.keeps[Key]?.shift();
      return Code === undefined ? [] : [{ Key, VersionId, Code, Message: `kept by ${Code}` }];
    });
    const kept = new Set(Errors.map(({ Key }) => Key));
    const gone = new Set(
      Objects.filter(({ Key }) => !kept.has(Key)).map(
        ({ Key, VersionId }) => `${Bucket}/${Key} ${VersionId}`,
      ),
    );
    this.stored = this.stored.filter(
      ({ bucket, key, version }) => !gone.has(`${bucket}/${key} ${version}`),
    );
    this.deleted.push(Objects.length);
    this.after();
    return Errors.length > 0 ? { Errors } : {};
  }
}
