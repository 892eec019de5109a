import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { extractSlices } from '../../../lib/runbooks/rdw/extract';
import { MySqlSource } from '../../../lib/runbooks/rdw/source';
import { RDW } from '../../support/rdw-target';
import { grantsOf, mainPath, synthStates } from '../../support/step-machine';

const synth = (change: object = {}, props: object = {}) =>
  synthStates((stack) => {
    const target = rdwTargetSchema.parse({ ...RDW, ...change });
    return extractSlices(stack, { target, source: new MySqlSource(stack, target), ...props });
  }, true);
const named = (resources: readonly string[] = []) =>
  resources.map((one) => one.replace('Ref:AWS::Partition', 'aws'));

describe('extractSlices', () => {
  const { states, first, template } = synth();
  const act = states['Extract alt scores']!;

  test('calls the task until everything is extracted', () => {
    expect(mainPath(states, first)).toEqual([
      'Extract alt scores',
      'Are all alt scores extracted?',
      'The files of the extract are complete',
    ]);
    expect(act.Comment).toMatch(/On redrive: /);
    expect(act.Arguments!.Payload).toMatchObject({
      item: '{% $states.input.item %}',
      tenant: '{% $states.input.value %}',
      start: '{% $states.input.common.start %}',
      high: '{% $states.input.highWater.high %}',
      sliceDays: '{% $states.input.common.sliceDays %}',
      sliceMinutes: '{% $states.input.common.sliceMinutes %}',
      source: { region: 'us-east-1' },
    });
  });

  test('takes the high-water mark from where it is told', () => {
    const high = '{% $states.input.mark %}';
    const payload = synth({}, { high }).states['Extract alt scores']!.Arguments!.Payload;
    expect(payload).toMatchObject({ high });
  });

  test('the task may list, read, write and delete in folders of extracts only', () => {
    const task = 'ExtractSlices';
    const { bucket, location } = rdwTargetSchema.parse(RDW);
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
      expect(named(grantsOf(template, action)[task])).toEqual([
        `arn:aws:s3:::${bucket}/*${location}/run-*/extract/*`,
      ]);
    }
    expect(named(grantsOf(template, 's3:ListBucket')[task])).toEqual([`arn:aws:s3:::${bucket}`]);
    expect(JSON.stringify(template.toJSON())).toContain(
      `{"StringLike":{"s3:prefix":"*${location}/run-*/extract/*"}}`,
    );
  });

  test('a bucket of a tenant is one of them, and the task runs where it can reach MySQL', () => {
    const [tenant] = RDW.tenants as readonly object[];
    const own = synth({ tenants: [{ ...tenant, bucket: 'other-archive' }] }).template;
    expect(named(grantsOf(own, 's3:ListBucket').ExtractSlices)).toContain(
      'arn:aws:s3:::other-archive',
    );
    own.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Task extract-slices of the upgrade runbooks',
      VpcConfig: {},
    });
  });
});
