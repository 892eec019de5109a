// A customer's key of the buckets: who may use it, and for what. The rehearsal's S3 encrypts nothing.

import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { rdwTemplate } from '../../support/definitions';
import { RDW } from '../../support/rdw-target';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/0a1b2c3d';
const policies = (change: object) => {
  const template = rdwTemplate({ rdw: rdwTargetSchema.parse({ ...RDW, ...change }) });
  const found = template.findResources('AWS::IAM::Policy');
  return Object.entries(found).flatMap(([id, { Properties }]) =>
    Properties.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) =>
      JSON.stringify(Resource).includes(KEY),
    ).map(({ Action, Condition }: { Action: unknown; Condition: object }) => ({
      task: id.replace(/^Platform|(Service)?RoleDefaultPolicy.*/g, ''),
      actions: [Action].flat(),
      condition: JSON.stringify(Condition),
    })),
  );
};

test('the tasks that read objects may decrypt, the one that writes may encrypt, through S3 alone', () => {
  const found = policies({ bucketKeyArn: KEY });
  const actions = Object.fromEntries(found.map((one) => [one.task, one.actions]));
  expect(actions).toEqual({
    ExtractSlices: ['kms:Decrypt', 'kms:GenerateDataKey'],
    ReadBackup: ['kms:Decrypt'],
    RunBatches: ['kms:Decrypt'],
  });
  for (const { condition } of found) {
    expect(condition).toMatch(/"kms:ViaService":.*s3\.us-east-1\./);
  }
});

test('without it nobody gets a right on a key', () => {
  expect(policies({})).toEqual([]);
});

test.each(['alias/rdw', 'arn:aws:kms:us-east-1:000000000000:alias/rdw'])(
  'refuses %s',
  (bucketKeyArn) => {
    expect(() => rdwTargetSchema.parse({ ...RDW, bucketKeyArn })).toThrow(
      'must be the ARN of a key',
    );
  },
);
