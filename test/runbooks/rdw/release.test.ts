// The release of a back-fill: what stands behind giving the run up, and who hears when that fails.

import { Match } from 'aws-cdk-lib/assertions';
import { rdwTargetSchema } from '../../../lambdas/shared/inputs/target/rdw';
import { definitionsOf, rdwTemplate, statesOf } from '../../support/definitions';
import { RDW } from '../../support/rdw-target';
import { grantsOf } from '../../support/step-machine';

const template = rdwTemplate({ rdw: rdwTargetSchema.parse(RDW) });
const states = new Map(statesOf(definitionsOf(template)['example-rdw-release']!));

test('tidies up behind the release, then appoints the end of the objects of that run', () => {
  expect([...states].map(([name, { Next }]) => [name, Next])).toEqual([
    ['Release the run', 'Drop the staging tables of the run'],
    ['Drop the staging tables of the run', 'Appoint the end of the objects'],
    ['Appoint the end of the objects', undefined],
  ]);
  expect(states.get('Appoint the end of the objects')!.Arguments!.Payload).toMatchObject({
    runId: '{% $states.input.run %}',
    released: true,
    keepDays: '{% $states.input.tidied.keepObjectsDays %}',
    folders: [
      { bucket: 'archive', folder: "{% 'pa/MigrateAdHoc/' & $states.input.run %}" },
      { bucket: 'archive', folder: "{% 'MigrateAdHoc/' & $states.input.run %}" },
    ],
  });
});

test('the tasks that end exports may neither read nor write objects', () => {
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
    const names = Object.keys(grantsOf(template, action));
    expect(names).not.toContain('TidyReleased');
    expect(names).not.toContain('SettleExports');
  }
  expect(grantsOf(template, 'redshift-data:ExecuteStatement')).toHaveProperty('TidyReleased');
});

test('one that fails is an alarm: no lease is held any more, and nobody else looks', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('what a run has left is not tidied up'),
  });
});
