import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { quietPeriod } from '../../../lib/runbooks/clickstream/quiet-period';
import { exampleTarget } from '../../support/definitions';
import { grantsOf, mainPath, synthStates, waysOf } from '../../support/step-machine';

const { clickstream } = exampleTarget();
const target = { ...clickstream, pipeline: { region: 'eu-west-1', stackPrefix: 'Clickstream' } };
const whole = (change: object = {}) =>
  synthStates((stack) => {
    const { begin, again, capacity, end } = quietPeriod(stack, { ...target, ...change } as never);
    return sfn.Chain.start(begin).next(again).next(capacity).next(end);
  }, true);

describe('quietPeriod', () => {
  const { states, template, first } = whole();

  test('stops new loads, waits, stops them again behind the upgrade, waits, and gives back', () => {
    expect(mainPath(states, first)).toEqual([
      'Stop new loads',
      'New loads stopped?',
      'No new load begins',
      'Wait for loads on their way',
      'Loads through?',
      'No load is on its way',
      'Stop new loads after the upgrade',
      'New loads stopped after the upgrade?',
      'No new load begins after the upgrade',
      'Wait for loads on their way after the upgrade',
      'Loads through after the upgrade?',
      'No load is on its way after the upgrade',
      'More capacity for the migration?',
      'The warehouse is ready for the migration',
      'Let loads begin again',
      'Loads may begin again?',
      'Rules and capacity are as before the run',
    ]);
  });

  test('every state has a name an operator can read and says what a redrive does', () => {
    expect(Object.keys(states).filter((name) => name.length > 60)).toEqual([]);
    expect(Object.values(states).filter(({ Comment }) => !/[Oo]n redrive:/.test(Comment))).toEqual(
      [],
    );
  });

  test('the facts are read anew by each wait, in the pipeline’s region', () => {
    const wait = (name: string) => states[name]!.Arguments!.Payload;
    expect(wait('Wait for loads on their way')).toMatchObject({
      step: 'loadsBefore',
      region: 'eu-west-1',
      emrApplicationName: '{% $states.input.pipeline.emrApplicationName %}',
      loadMachine: '{% $states.input.pipeline.machines.load %}',
      loadFiles: '{% $states.input.pipeline.loadFiles %}',
      upgraded: false,
    });
    expect(wait('Wait for loads on their way after the upgrade')).toMatchObject({
      step: 'loadsAfter',
      upgraded: true,
    });
  });

  test('raises the capacity only when the input names one', () => {
    expect(states['More capacity for the migration?']!.Choices).toEqual([
      expect.objectContaining({
        Condition: "{% $type($states.input.input.migration.capacityRpus) = 'number' %}",
        Next: 'Raise the capacity of the warehouse',
      }),
    ]);
    expect(states['Raise the capacity of the warehouse']!.Arguments!.Payload.things).toEqual([
      expect.objectContaining({ to: '{% $states.input.input.migration.capacityRpus %}' }),
    ]);
  });

  test('a cluster keeps its size', () => {
    const { type: _, workgroup: __, ...access } = clickstream.warehouse as Record<string, string>;
    const warehouse = { ...access, type: 'provisioned', cluster: 'shop' };
    const one = whole({ warehouse });
    expect(waysOf(one.states['The cluster keeps its size']!)).toEqual(['Let loads begin again']);
    expect(grantsOf(one.template, 'redshift-serverless:UpdateWorkgroup')).toEqual({});
  });

  test('trap 29: cancelling EMR jobs to get ahead: nothing has the right to cancel a job, a load or a record', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(
      /emr-serverless:(Cancel|Stop|Delete|\*)|states:StopExecution|"dynamodb:(DeleteItem|UpdateItem)"[^}]*Clickstream/,
    );
  });

  test('may read what the solution has made, and switch its rules', () => {
    const solution = ':eu-west-1:000000000000:';
    const wait = (action: string) => grantsOf(template, action).AwaitLoads!;
    expect(wait('emr-serverless:ListJobRuns')[0]).toMatch(
      /eu-west-1:000000000000:\/applications\/\*$/,
    );
    expect(wait('states:ListExecutions')[0]).toContain(
      `${solution}stateMachine:ClickstreamLoadData`,
    );
    expect(wait('dynamodb:Query').at(-1)).toMatch(/table\/Clickstream-DataModel\*\/index\/\*$/);
    const [rules] = grantsOf(template, 'events:DisableRule').Quiesce!;
    expect(rules).toMatch(/:events:eu-west-1:000000000000:rule\/Clickstream-DataProc\*$/);
  });
});
