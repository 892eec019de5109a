import fc from 'fast-check';
import { RefusedInputError } from '../../../lambdas/shared/errors';
import { checkInput, INPUTS, type InputName } from '../../../lambdas/shared/inputs';
import { APP_ID } from '../../../lambdas/shared/inputs/identifiers';
import { TARGET } from '../../support/runs';

const check = (input: unknown, name: InputName = 'clickstream-data-migration') =>
  checkInput(name, TARGET, input);

function problemsOf(input: unknown, name?: InputName): readonly string[] {
  try {
    check(input, name);
  } catch (error) {
    if (error instanceof RefusedInputError) return error.problems;
    throw error;
  }
  return [];
}

const VALID = { appIds: ['order'], migration: { days: 3 } };

describe('the input of the data migration', () => {
  it('is completed with defaults', () => {
    expect(check(VALID)).toEqual({
      input: {
        projectId: 'my_project_ab12',
        appIds: ['order'],
        migration: {
          days: 3,
          batchDays: 3,
          baseViewBatchHours: 24,
          maxCallsPerWindow: null,
          capacityRpus: null,
        },
        quietPeriod: true,
        redshift: { rpu: null, pricePerRpuHour: null },
        dryRun: false,
      },
      leases: ['clickstream.my_project_ab12.-loads', 'clickstream.my_project_ab12.order'],
    });
  });

  it('leases every application once, in order, and the loads only when it stops them', () => {
    const input = { ...VALID, appIds: ['shop', 'order'], quietPeriod: false };
    expect(check(input).leases).toEqual([
      'clickstream.my_project_ab12.order',
      'clickstream.my_project_ab12.shop',
    ]);
  });

  it.each([
    ['nothing', {}, ['appIds: is missing', 'migration: is missing']],
    ['no object', null, ['the input: invalid input: expected object, received null']],
    ['no application', { ...VALID, appIds: [] }, ['appIds: must name at least one of shop, order']],
    [
      'another application',
      { ...VALID, appIds: ['cart'] },
      ['appIds.0: must be one of shop, order'],
    ],
    [
      'an application twice',
      { ...VALID, appIds: ['shop', 'shop'] },
      ['appIds: must not name an application twice'],
    ],
    [
      'another project',
      { ...VALID, projectId: 'p' },
      ['projectId: this stack upgrades project my_project_ab12'],
    ],
    [
      'more days than are kept',
      { ...VALID, migration: { days: 366 } },
      ['migration.days: the schema keeps 365 days; what is older would be deleted again every day'],
    ],
    [
      'larger batches than days',
      { ...VALID, migration: { days: 3, batchDays: 4 } },
      ['migration.batchDays: must not be more than days'],
    ],
    ['an unknown member', { ...VALID, dry_run: true }, ['the input: unrecognized key: "dry_run"']],
    [
      'a text for a flag',
      { ...VALID, dryRun: 'false' },
      ['dryRun: invalid input: expected boolean, received string'],
    ],
    [
      'a dry run that continues',
      { ...VALID, dryRun: true, continueRun: 'run-20260131-0a1b2c3d4e' },
      ['continueRun: a dry run changes nothing and cannot continue a run'],
    ],
    [
      'an id that is none',
      { ...VALID, continueRun: 'run-1' },
      ['continueRun: must be the id of a run, as in run-20260131-0a1b2c3d4e'],
    ],
  ])('refuses %s', (_, input, problems) => {
    expect(problemsOf(input)).toEqual(problems);
  });

  it('refuses with all problems at once, an example that is valid, and no more text than an error may have', () => {
    const input = {
      appIds: Array.from({ length: 500 }, () => 'x y'),
      bar: 1,
      migration: { days: 0, foo: 2 },
    };
    expect(problemsOf(input).length).toBe(61);
    expect(problemsOf({ ...VALID, appIds: ['cart'], bar: 1, migration: { days: 0 } })).toHaveLength(
      3,
    );
    const error = new RefusedInputError(problemsOf(input), {});
    expect(error.message.length).toBeLessThan(32_768);
  });

  it('refuses an input that leaves no room in the state data', () => {
    const input = { ...VALID, note: 'x'.repeat(200 * 1024) };
    expect(problemsOf(input)[0]).toMatch(/^the input has 2\d{5} bytes, at most 204800 are read$/);
  });

  it('lets nothing but configured, well-formed application ids pass', () => {
    const target = { ...TARGET, appIds: ['shop', 'order', 'A_1', 'drop'] };
    const nasty = fc.oneof(
      fc.constantFrom(...target.appIds),
      fc.string(),
      fc.constantFrom(
        'shop"',
        'shop;drop',
        'shop ',
        '__proto__',
        'constructor',
        '1shop',
        'shöp',
        '',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 5 }), (appIds) => {
        let passed: unknown[] = [];
        try {
          const input = { ...VALID, appIds };
          passed = checkInput('clickstream-data-migration', target, input).input
            .appIds as unknown[];
        } catch (error) {
          return error instanceof RefusedInputError;
        }
        return passed.every((id) => APP_ID.test(String(id)) && target.appIds.includes(String(id)));
      }),
    );
  });
});

describe('the input of the console update', () => {
  const name = 'clickstream-console-update';

  it('is completed with defaults and leases the console', () => {
    expect(check({ targetVersion: '1.1.15' }, name)).toEqual({
      input: {
        targetVersion: '1.1.15',
        console: { templateUrl: null, parameters: {} },
        dryRun: false,
      },
      leases: ['stack.clickstream-console'],
    });
  });

  it.each([
    ['1.1.12', /v1\.1\.12 is not installed: its Redshift data modeling stack fails to deploy/],
    ['latest', /version latest moves/],
    ['1.0.3', /goes to v1\.1\.5 or newer/],
    ['newest', /is not a version/],
  ])('refuses version %s and says why', (targetVersion, reason) => {
    expect(problemsOf({ targetVersion }, name)).toEqual([expect.stringMatching(reason)]);
  });

  it('refuses addresses that are not https, and values that are no text', () => {
    const console = { templateUrl: 'http://x/y', parameters: { Email: 1 } };
    expect(problemsOf({ targetVersion: '1.1.15', console }, name)).toHaveLength(2);
  });
});

describe('the input of the whole upgrade', () => {
  const name = 'clickstream-upgrade';
  const valid = { ...VALID, targetVersion: '1.1.15' };

  it('is completed with defaults: everything but dropping the legacy tables', () => {
    expect(check(valid, name).input).toMatchObject({
      console: { templateUrl: null, parameters: {} },
      pipeline: { timezones: {} },
      ingestion: { refresh: true },
      metrics: { recalculate: true },
      cleanup: { dropLegacy: false },
      gates: ['change-set', 'cleanup'],
    });
  });

  it('leases all that its parts lease on their own', () => {
    const parts = [
      ['clickstream-console-update', { targetVersion: '1.1.15' }],
      ['clickstream-pipeline-upgrade', {}],
      ['clickstream-ingestion-refresh', {}],
      ['clickstream-data-migration', VALID],
      ['clickstream-legacy-cleanup', { appIds: ['order'], migration: { days: 3 } }],
    ] as const;
    const own = parts.flatMap(([part, input]) => check(input, part).leases);
    expect(check(valid, name).leases).toEqual([...new Set(own)].sort());
  });

  it.each([
    [
      'a time zone that is none',
      { pipeline: { timezones: { shop: 'Berlin' } } },
      'pipeline.timezones.shop: must be an IANA time zone such as Europe/Berlin',
    ],
    [
      'dropping tables without being asked',
      { cleanup: { dropLegacy: true }, gates: ['change-set'] },
      'gates: must have cleanup: nothing is dropped without being asked about',
    ],
  ])('refuses %s', (_, input, problem) => {
    expect(problemsOf({ ...valid, ...input }, name)).toEqual([problem]);
  });

  it.each([4, 8, 16, 512, 544, 1024])('takes a capacity of %d RPUs', (capacityRpus) => {
    expect(problemsOf({ ...valid, migration: { days: 3, capacityRpus } }, name)).toEqual([]);
  });

  it.each([-8, 0, 5, 8.5, 12, 33, 504.8, 520, 1016, 1032, 1056])(
    'refuses a capacity of %d RPUs, which Redshift does not have',
    (capacityRpus) => {
      expect(problemsOf({ ...valid, migration: { days: 3, capacityRpus } }, name)).toEqual([
        'migration.capacityRpus: must be 4, or 8 to 512 in steps of 8, or 512 to 1024 in steps of 32',
      ]);
    },
  );

  it('refuses another capacity for a cluster', () => {
    const target = { ...TARGET, warehouse: { type: 'provisioned' } };
    const input = { ...valid, migration: { days: 3, capacityRpus: 64 } };
    expect(() => checkInput(name, target, input)).toThrow(/a provisioned cluster is resized/);
  });
});

it('every example passes its own schema', () => {
  for (const name of Object.keys(INPUTS) as InputName[]) {
    const target = {
      ...TARGET,
      tenants: [{ id: 'CA' }],
      source: { database: 'edxapp', table: 'old' },
      target: { database: 'edxapp_csmh', table: 'new' },
      instanceId: 'i-0e1f2031425364758',
      tutorRoot: '/home/tutor/root',
    };
    const example = (INPUTS[name].example as (target: unknown) => unknown)(target);
    expect(() => checkInput(name, target, example)).not.toThrow();
  }
});

it('a machine of exported steps takes any object', () => {
  expect(check({ anything: [1] }, 'none').input).toEqual({ anything: [1], dryRun: false });
  expect(problemsOf([], 'none')).toHaveLength(1);
});
