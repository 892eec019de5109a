// The steps that move rows between a warehouse and S3: what their states are told, and their rights.

import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RedshiftCopy, type RedshiftCopyProps } from '../../lib/steps/redshift-copy';
import { RedshiftUnload, type RedshiftUnloadProps } from '../../lib/steps/redshift-unload';
import { UnloadCopy, type UnloadCopyProps } from '../../lib/steps/unload-copy';
import { Warehouse } from '../../lib/steps/warehouse';
import { type State, statesOf } from '../support/definitions';
import { grantsOf, mainPath, synthStates } from '../support/step-machine';

const warehouse = Warehouse.serverless({ workgroup: 'w', database: 'd' });
const ROLE = 'arn:aws:iam::000000000000:role/files';
const query = { sql: { name: 'q.sql', text: 'select 1' } };
const target = { schema: 's', table: 't', columns: ['a', 'b'] };
const of = (stack: Stack) => ({
  noun: 'old scores',
  step: 'scores',
  warehouse,
  role: iam.Role.fromRoleArn(stack, 'Files', ROLE, { mutable: false }),
});
const bucketOf = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Bucket', 'lake');

function parsed({ states, first, template }: ReturnType<typeof synthStates>) {
  const all = new Map(statesOf({ States: states as never })) as Map<string, State>;
  const payload = (name: string) => all.get(name)!.Arguments!.Payload as Record<string, unknown>;
  return { all, payload, template, path: mainPath(states, first) };
}
const unload = (change: Partial<RedshiftUnloadProps> = {}) =>
  parsed(
    synthStates(
      (stack) =>
        new RedshiftUnload(stack, 'Save', {
          ...of(stack),
          query,
          bucket: bucketOf(stack),
          ...change,
        }),
      true,
    ),
  );
const copy = (change: Partial<RedshiftCopyProps> = {}) =>
  parsed(
    synthStates((stack) => {
      const from = { manifest: 's3://lake/m', rows: 5, target };
      return new RedshiftCopy(stack, 'Load', { ...of(stack), ...from, ...change });
    }, true),
  );
const both = (change: Partial<UnloadCopyProps> = {}) =>
  parsed(
    synthStates((stack) => {
      const from = { query, bucket: bucketOf(stack), target };
      return new UnloadCopy(stack, 'Move', { ...of(stack), ...from, ...change });
    }, true),
  );
const statementOf = (payload: Record<string, unknown>) =>
  (payload.plan as { statements: readonly Record<string, unknown>[] }).statements[0]!;

describe('RedshiftUnload', () => {
  test('with the fewest props: CSV, below the folder unload, judged by its manifest', () => {
    const payload = unload().payload('Run unloads of old scores');
    expect(payload).toMatchObject({
      step: 'scores',
      evidence: { kind: 'unload', folder: 's3://lake/unload/' },
    });
    expect(statementOf(payload)).toEqual({
      name: 'unload',
      sql: { file: 'redshift/unload-csv' },
      literals: {
        to: { kind: 's3-own-prefix', value: 's3://lake/unload/' },
        role: { kind: 'arn', value: ROLE },
      },
      query,
    });
    expect(payload).not.toHaveProperty('item');
  });

  test('with all props: text, a folder of its own, inside an item', () => {
    const payload = unload({ format: 'text', folder: 'a/b', inItem: true }).payload(
      'Run unloads of old scores',
    );
    expect(statementOf(payload)).toMatchObject({ sql: { file: 'redshift/unload-text' } });
    expect(payload).toMatchObject({ evidence: { folder: 's3://lake/a/b/' } });
    expect(payload).toHaveProperty('item');
  });

  test('reads manifests and lists the bucket, and neither reads rows nor writes', () => {
    const { template } = unload();
    const [manifests] = grantsOf(template, 's3:GetObject').RunBatches!;
    expect(manifests).toMatch(/:s3:::lake\/unload\/\*\/manifest$/);
    expect(grantsOf(template, 's3:ListBucket').RunBatches).toEqual([
      expect.stringMatching(/:s3:::lake$/),
    ]);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/s3:(Put|Delete)Object[^"]*"[^\]]*lake/);
  });

  test('a folder and a bucket that are known at run time', () => {
    const { payload, template } = parsed(
      synthStates((stack) => {
        const [bucket, more] = ['lake', 'sea'].map((name) =>
          s3.Bucket.fromBucketName(stack, name, name),
        );
        return new RedshiftUnload(stack, 'Save', {
          ...of(stack),
          query,
          bucket: bucket!,
          moreBuckets: [more!],
          bucketName: '{% $states.input.value.bucket %}',
          folder: "{% $states.input.value.folder & '/backup' %}",
          folderPattern: 'a/*/backup',
        });
      }, true),
    );
    const to =
      "{% 's3://' & ($states.input.value.bucket) & '/' & ($states.input.value.folder & '/backup') & '/' %}";
    const own = payload('Run unloads of old scores');
    expect(own).toMatchObject({ evidence: { kind: 'unload', folder: to } });
    expect(statementOf(own)).toMatchObject({ literals: { to: { value: to } } });
    expect(grantsOf(template, 's3:GetObject').RunBatches).toEqual(
      ['lake', 'sea'].map((name) =>
        expect.stringMatching(new RegExp(`:s3:::${name}/a/\\*/backup/\\*/manifest$`)),
      ),
    );
    expect(grantsOf(template, 's3:ListBucket').RunBatches).toHaveLength(2);
  });

  test('a folder that is known at run time, in one bucket', () => {
    const { payload, template } = unload({ folder: '{% $states.input.folder %}' });
    expect(payload('Run unloads of old scores')).toMatchObject({
      evidence: { folder: "{% 's3://' & 'lake' & '/' & ($states.input.folder) & '/' %}" },
    });
    expect(grantsOf(template, 's3:GetObject').RunBatches).toEqual([
      expect.stringMatching(/:s3:::lake\/\*\/\*\/manifest$/),
    ]);
  });

  test('may use the key of an encrypted bucket', () => {
    const { template } = parsed(
      synthStates((stack) => {
        const encryptionKey = kms.Key.fromKeyArn(
          stack,
          'Key',
          'arn:aws:kms:us-east-1:000000000000:key/one',
        );
        const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', {
          bucketName: 'lake',
          encryptionKey,
        });
        return new RedshiftUnload(stack, 'Save', { ...of(stack), query, bucket });
      }),
    );
    expect(grantsOf(template, 'kms:Decrypt').RunBatches).toEqual([
      'arn:aws:kms:us-east-1:000000000000:key/one',
    ]);
  });

  test.each(['', '/a', 'a/', 'a//b', 'a b', "a'b"])('refuses the folder %j', (folder) => {
    expect(() => unload({ folder })).toThrow(/folder must be names/);
  });

  test('refuses a step that is not letters', () => {
    expect(() => unload({ step: 'a-b' })).toThrow(/step must be letters only/);
  });
});

describe('RedshiftCopy', () => {
  test('with the fewest props: one manifest, all its columns named, its rows expected', () => {
    const payload = copy().payload('Run copies of old scores');
    expect(payload).toMatchObject({
      evidence: { kind: 'copy', rows: 5, schema: 's', table: 't' },
    });
    expect(statementOf(payload)).toEqual({
      name: 'copy',
      sql: { file: 'redshift/copy-csv' },
      ids: target,
      literals: {
        manifest: { kind: 's3-uri', value: 's3://lake/m' },
        role: { kind: 'arn', value: ROLE },
      },
    });
  });

  test('with all props: a COPY of the caller for files that come from elsewhere', () => {
    const statement = { sql: { name: 'c.sql', text: 'copy' }, ids: { other: 'x' } };
    const { payload } = copy({ statement, format: 'text', inItem: true, rows: '{% 1 %}' });
    expect(statementOf(payload('Run copies of old scores'))).toMatchObject({
      sql: statement.sql,
      ids: { ...target, other: 'x' },
    });
    expect(statementOf(copy({ format: 'text' }).payload('Run copies of old scores'))).toMatchObject(
      {
        sql: { file: 'redshift/copy-text' },
      },
    );
  });

  test('with statements before it: one transaction, the COPY last', () => {
    const utc = { sql: { name: 'utc.sql', text: "set timezone to 'UTC'" } };
    const { payload, template } = copy({ before: { utc } });
    expect(statementOf(payload('Run copies of old scores'))).toEqual({
      name: 'copy',
      transaction: [
        { name: 'utc', ...utc },
        expect.objectContaining({ name: 'copy', sql: { file: 'redshift/copy-csv' } }),
      ],
    });
    expect(grantsOf(template, 'redshift-data:BatchExecuteStatement')).toHaveProperty('RunBatches');
    expect(grantsOf(copy().template, 'redshift-data:BatchExecuteStatement')).toEqual({});
  });

  test('refuses files without columns', () => {
    expect(() => copy({ target: { ...target, columns: [] } })).toThrow(/must name the columns/);
  });
});

describe('UnloadCopy', () => {
  test('copies the manifest that was written, and nothing else', () => {
    const { path, payload } = both();
    expect(path.filter((name) => name.startsWith('For each'))).toEqual([
      'For each stretch of unloads of old scores',
      'For each stretch of copies of old scores',
    ]);
    const load = payload('Run copies of old scores');
    expect(load).toMatchObject({
      step: 'scores',
      evidence: { rows: '{% $states.input.scoresUnload.rows %}' },
    });
    expect(statementOf(load)).toMatchObject({
      literals: { manifest: { value: '{% $states.input.scoresUnload.manifest %}' } },
    });
    expect(payload('Run unloads of old scores')).toMatchObject({ step: 'scoresUnload' });
  });

  test('may read with another warehouse and role', () => {
    const other = Warehouse.serverless({ workgroup: 'other', database: 'd' });
    const reader = 'arn:aws:iam::000000000000:role/reader';
    const { payload } = parsed(
      synthStates((stack) => {
        const copyRole = iam.Role.fromRoleArn(stack, 'Reader', reader, { mutable: false });
        const from = { query, bucket: bucketOf(stack), target, copyRole, copyWarehouse: other };
        return new UnloadCopy(stack, 'Move', { ...of(stack), ...from });
      }),
    );
    const load = payload('Run copies of old scores');
    expect(load).toMatchObject({ warehouse: { workgroup: 'other' } });
    expect(statementOf(load)).toMatchObject({ literals: { role: { value: reader } } });
  });

  test('every state says what it does and what a redrive does', () => {
    const silent = [...both().all].filter(([, state]) => !(state as { Comment?: string }).Comment);
    expect(silent).toEqual([]);
    expect([...both().all.keys()].filter((name) => name.length > 60)).toEqual([]);
  });
});
