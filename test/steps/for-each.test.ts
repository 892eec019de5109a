import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ForEach, type ForEachProps } from '../../lib/steps/for-each';
import type { State } from '../support/definitions';
import { synthStates, waysOf } from '../support/step-machine';

const FEWEST: ForEachProps = {
  name: 'shops',
  noun: 'shop',
  nouns: 'shops',
  items: "$states.input.shops.{ 'key': $, 'value': {} }",
  body: (scope) => sfn.Pass.jsonata(scope, 'Sweep'),
};
const synth = (change: Partial<ForEachProps> = {}) =>
  synthStates((stack) => new ForEach(stack, 'Shops', { ...FEWEST, ...change }), true);
const mapOf = ({ states }: ReturnType<typeof synth>) =>
  states['For each shop'] as unknown as State & {
    readonly Comment: string;
    readonly MaxConcurrency: number;
    readonly ItemSelector: Record<string, unknown>;
    readonly ItemProcessor: { readonly StartAt: string };
  };

describe('ForEach', () => {
  test('with the fewest props: one item at a time, none stops another, and each is marked done', () => {
    const one = synth();
    const map = mapOf(one);
    expect(map).toMatchObject({
      MaxConcurrency: 1,
      ToleratedFailurePercentage: 100,
      Label: 'shops',
      ItemSelector: { common: '{% {} %}' },
    });
    expect(map.ItemProcessor.StartAt).toBe('Sweep');
    expect(map.ItemProcessor.States.Sweep!.Next).toBe('Mark the shop done');
  });

  test('behind the Map what is left leads back to it, and nothing left leads on', () => {
    const { states } = synth();
    expect(waysOf(states['For each shop']!)).toEqual(['Settle the shops']);
    expect(waysOf(states['Settle the shops']!)).toEqual(['Any shops left?']);
    expect(waysOf(states['Any shops left?']!)).toEqual(['For each shop', 'All shops done']);
    expect(states['Settle the shops']!.Arguments!.Payload).toMatchObject({
      map: 'shops',
      keys: '{% [$states.input.shops.todo.key] %}',
      redrivesAtEnd: '{% $states.input.shops.redrives %}',
    });
  });

  test('with all props: several at a time, with what all of them are given', () => {
    const map = mapOf(synth({ common: "{ 'days': $states.input.days }", maxConcurrency: 4 }));
    expect(map.MaxConcurrency).toBe(4);
    expect(map.ItemSelector).toMatchObject({
      common: "{% { 'days': $states.input.days } %}",
      item: { map: 'shops', key: '{% $states.context.Map.Item.Value.key %}' },
    });
  });

  test.each([
    ['continue', 100, 'a failing one stops no other'],
    ['stop', 0, 'none begins after one that failed'],
    ['$states.input.policy', "{% ($states.input.policy) = 'stop' ? 0 : 100 %}", 'the input says'],
  ])('tolerance %s lets %p percent fail', (tolerance, percentage, comment) => {
    const map = mapOf(synth({ tolerance }));
    expect(map).toMatchObject({ MaxConcurrency: 1, ToleratedFailurePercentage: percentage });
    expect(map.Comment).toContain(comment);
  });

  test('what the items were made of can be left behind', () => {
    const { states } = synth({ carry: "{ 'run': $states.input.run }" });
    expect(states['List the shops']).toMatchObject({
      Output: expect.stringContaining("{% $merge([{ 'run': $states.input.run }, { 'shops':"),
    });
  });

  test('refuses items that stop each other and run at the same time', () => {
    expect(() => synth({ tolerance: 'stop', maxConcurrency: 2 })).toThrow(
      'run one after the other, got maxConcurrency 2',
    );
  });

  test('refuses a name that cannot be one in the state data', () => {
    expect(() => synth({ name: 'my-shops' })).toThrow('name must be letters only, got "my-shops"');
  });
});
