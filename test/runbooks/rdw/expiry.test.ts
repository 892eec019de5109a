import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { expireObjects, ObjectExpiry } from '../../../lib/runbooks/rdw/expiry';
import { definitionsOf } from '../../support/definitions';
import { RDW } from '../../support/rdw-target';
import { grantsOf, mainPath, synthStates, waysOf } from '../../support/step-machine';

const synth = (change: object = {}) =>
  synthStates(
    (stack) => expireObjects(stack, { target: rdwTargetSchema.parse({ ...RDW, ...change }) }),
    true,
  );
const bucket = 'arn:TOKEN:s3:::archive';
const named = (resources: readonly string[]) =>
  resources.map((one) => one.replace('Ref:AWS::Partition', 'TOKEN'));

describe('expireObjects', () => {
  const { states, first, template } = synth();

  test('asks how long the objects are kept: for days by a machine, else deleted at once', () => {
    expect(first).toBe('Are the objects kept for some days?');
    expect(states[first]!.Choices![0]!.Condition).toBe(
      '{% $states.input.input.keepObjectsDays > 0 %}',
    );
    expect(waysOf(states[first]!)).toEqual([
      'Appoint the end of the objects',
      'Delete the objects of the run',
    ]);
    expect(mainPath(states, first)).toEqual([
      'Are the objects kept for some days?',
      'Delete the objects of the run',
      'All objects of the run deleted?',
      'No object of the run is left',
      'The end of the objects is settled',
    ]);
    expect(waysOf(states['Appoint the end of the objects']!)).toEqual([
      'The end of the objects is settled',
    ]);
  });

  test('both ways work on the folders of the run, of every tenant that it can have worked for', () => {
    const folders = [
      { bucket: 'archive', folder: "{% 'pa/MigrateAdHoc/' & $states.input.run.id %}" },
      { bucket: 'archive', folder: "{% 'MigrateAdHoc/' & $states.input.run.id %}" },
    ];
    const payload = (name: string) => states[name]!.Arguments!.Payload;
    expect(payload('Appoint the end of the objects')).toMatchObject({
      folders,
      keepDays: '{% $states.input.input.keepObjectsDays %}',
      machineArn: expect.stringMatching(/:stateMachine:example-object-expiry$/),
    });
    expect(payload('Delete the objects of the run')).toMatchObject({ folders });
  });

  test('tenants that share a place share a folder', () => {
    const tenants = RDW.tenants.map((one) => ({ ...one, pathPrefix: 'all' }));
    const shared = synth({ tenants }).states['Delete the objects of the run']!;
    expect(shared.Arguments!.Payload.folders).toHaveLength(1);
  });

  test('every state says what it does on redrive', () => {
    const silent = Object.values(states).filter(({ Comment }) => !/On redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('one task may delete, below folders of runs only; it lists nothing else', () => {
    const { DeleteObjects, ...others } = grantsOf(template, 's3:DeleteObjectVersion');
    expect(others).toEqual({});
    expect(named(DeleteObjects!)).toEqual([
      `${bucket}/pa/MigrateAdHoc/run-*`,
      `${bucket}/MigrateAdHoc/run-*`,
    ]);
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(
      '{"StringLike":{"s3:prefix":["pa/MigrateAdHoc/run-*","MigrateAdHoc/run-*"]}}',
    );
    expect(grantsOf(template, 's3:ListBucket')).toEqual({});
    expect(policies).not.toMatch(/s3:(\*|Put|Get|DeleteBucket)/);
  });

  test('each bucket has its own folders', () => {
    const tenants = [RDW.tenants[0]!, { ...RDW.tenants[1]!, bucket: 'second' }];
    const { DeleteObjects } = grantsOf(synth({ tenants }).template, 's3:DeleteObjectVersion');
    expect(named(DeleteObjects!)).toEqual([
      `${bucket}/pa/MigrateAdHoc/run-*`,
      'arn:TOKEN:s3:::second/MigrateAdHoc/run-*',
    ]);
  });

  test('only the task that appoints may start the machine', () => {
    const starts = grantsOf(template, 'states:StartExecution');
    expect(Object.keys(starts)).toEqual(['StartExpiry']);
    expect(starts.StartExpiry).toEqual([
      expect.stringMatching(/:stateMachine:example-object-expiry$/),
    ]);
  });
});

describe('ObjectExpiry', () => {
  const { template } = synth();
  const machine = definitionsOf(template)['example-object-expiry'];

  test('checks the input before it waits', () => {
    const { StartAt, States } = machine as never as {
      StartAt: string;
      States: Parameters<typeof mainPath>[0];
    };
    expect(mainPath(States, StartAt)).toEqual([
      'Check what will be deleted',
      'Wait until the objects may go',
      'Delete the objects',
      'All objects deleted?',
      'No object is left',
    ]);
    const silent = Object.values(States).filter(({ Comment }) => !/On redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('alarms when it fails or is stopped: rows of students would stay', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    const about = alarms.map(({ Properties }) => Properties.AlarmDescription);
    expect(about).toEqual(
      expect.arrayContaining([
        'An execution of example-object-expiry failed: objects of a run, with rows of students, are still in S3',
        'An execution of example-object-expiry was stopped: objects of a run, with rows of students, are still in S3',
      ]),
    );
  });

  test('is one a stack', () => {
    synthStates((stack) => {
      const target = rdwTargetSchema.parse(RDW);
      expect(ObjectExpiry.of(stack, target)).toBe(ObjectExpiry.of(stack, target));
      return expireObjects(stack, { target });
    });
  });
});
