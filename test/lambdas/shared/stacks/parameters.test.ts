import fc from 'fast-check';
import { planParameters } from '../../../../lambdas/shared/stacks/parameters';

const key = fc.constantFrom('Email', 'IamRolePrefix', 'VpcId', 'Domain', '__proto__x', 'toString');
const values = fc.dictionary(key, fc.string({ maxLength: 3 }));
const declared = fc.uniqueArray(
  fc.record({ key, defaultValue: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }) }),
  { selector: (parameter) => parameter.key },
);

describe('parameters of an update', () => {
  test('end as configured, else as they are, else at their default, and never get lost unseen', () => {
    fc.assert(
      fc.property(values, declared, values, (deployed, template, configured) => {
        const plan = planParameters(deployed, template, configured);
        const sent = new Map(plan.parameters.map((parameter) => [parameter.key, parameter]));
        const ends = template.map((parameter) => {
          const one = sent.get(parameter.key);
          return [
            parameter.key,
            one ? (one.value ?? deployed[parameter.key]) : parameter.defaultValue,
          ];
        });
        const expected = template.map(({ key: name, defaultValue }) => [
          name,
          [configured, deployed].find((from) => Object.hasOwn(from, name))?.[name] ?? defaultValue,
        ]);
        expect(ends).toEqual(expected);
        expect(
          [...sent.keys(), ...plan.dropped].every(
            (name) => Object.hasOwn(deployed, name) || Object.hasOwn(configured, name),
          ),
        ).toBe(true);
        const open = expected.filter(([, value]) => value === undefined).length;
        const unknown = Object.keys(configured).filter(
          (name) => !template.some((p) => p.key === name),
        ).length;
        expect(plan.findings).toHaveLength(open + unknown);
      }),
    );
  });

  test('a configured value that is there already is kept, not sent again', () => {
    const plan = planParameters({ Email: 'a' }, [{ key: 'Email' }], { Email: 'a' });
    expect(plan).toMatchObject({ parameters: [{ key: 'Email' }], set: [] });
  });

  test('a hidden value is kept without being read', () => {
    const plan = planParameters({ Secret: '****' }, [{ key: 'Secret' }], {});
    expect(plan.parameters).toEqual([{ key: 'Secret' }]);
  });

  test('a value outside the allowed ones is a finding', () => {
    const template = [{ key: 'Size', defaultValue: 's', allowedValues: ['s', 'm'] }];
    expect(planParameters({}, template, { Size: 'xl' }).findings).toEqual([
      'parameter Size allows s, m, configured is "xl"',
    ]);
  });
});
