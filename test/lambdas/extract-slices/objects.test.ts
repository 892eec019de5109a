import { BucketObjects } from '../../../lambdas/extract-slices/objects';

/** S3 that answers as told; keeps what it was asked. */
function bucketWith(answers: readonly object[]) {
  const asked: object[] = [];
  const left = [...answers];
  const client = {
    send: async (command: { constructor: { name: string }; input: object }) => {
      asked.push({ [command.constructor.name.replace('Command', '')]: command.input });
      return left.shift() ?? {};
    },
  };
  return { objects: new BucketObjects(client as never, 'archive'), asked };
}

describe('objects of a bucket', () => {
  it('are listed page after page', async () => {
    const { objects, asked } = bucketWith([
      { Contents: [{ Key: 'f/a', Size: 7 }], NextContinuationToken: 'next' },
      { Contents: [{ Key: 'f/b', Size: 0 }] },
    ]);
    expect(await objects.list('f/')).toEqual([
      { key: 'f/a', bytes: 7 },
      { key: 'f/b', bytes: 0 },
    ]);
    expect(asked).toEqual([
      { ListObjectsV2: { Bucket: 'archive', Prefix: 'f/', ContinuationToken: undefined } },
      { ListObjectsV2: { Bucket: 'archive', Prefix: 'f/', ContinuationToken: 'next' } },
    ]);
  });

  it('there may be none', async () => {
    expect(await bucketWith([{}]).objects.list('f/')).toEqual([]);
  });

  it('have as many lines as line ends, wherever a chunk of them ends', async () => {
    const chunks = ['1,2\n3', ',4', '\n\n', '', '5\n'].map((text) => Buffer.from(text));
    expect(await bucketWith([{ Body: chunks }]).objects.lines('f/a')).toBe(4);
  });

  it('are read, written and deleted', async () => {
    const Body = { transformToString: async () => 'text' };
    const { objects, asked } = bucketWith([{ Body, ETag: '"e"' }, {}, {}]);
    expect(await objects.read('f/a')).toEqual({ text: 'text', etag: '"e"' });
    await objects.write('f/m', '{}');
    await objects.remove('f/a');
    expect(asked).toEqual([
      { GetObject: { Bucket: 'archive', Key: 'f/a' } },
      { PutObject: { Bucket: 'archive', Key: 'f/m', Body: '{}', ContentType: 'application/json' } },
      { DeleteObject: { Bucket: 'archive', Key: 'f/a' } },
    ]);
  });
});
