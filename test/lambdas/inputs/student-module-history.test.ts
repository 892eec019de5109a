// Bad input of the student module history: each problem has its line, and all are said at once.

import { RefusedInputError } from '../../../lambdas/shared/errors';
import { checkInput, INPUTS } from '../../../lambdas/shared/inputs';
import { COPY_DEFAULTS } from '../../support/copy-settings';

const TARGET = {
  source: { database: 'edxapp', table: 'courseware_studentmodulehistory' },
  target: { database: 'csmh', table: 'extended' },
};
const TABLE = { table: TARGET.source.table };
const REMOVAL = {
  migrationOf: 'run-20260131-0a1b2c3d4e',
  snapshotId: 'rds:edxapp-2026-02-01-03-00',
  confirm: 'edxapp.courseware_studentmodulehistory',
  method: 'drain',
};
const MACHINES = [
  ['student-module-history-migration', TABLE],
  ['student-module-history-removal', REMOVAL],
] as const;
type Machine = (typeof MACHINES)[number][0];

const refusal = (machine: Machine, input: unknown): RefusedInputError => {
  try {
    checkInput(machine, TARGET, input);
  } catch (error) {
    if (error instanceof RefusedInputError) return error;
    throw error;
  }
  throw new Error('it was taken');
};
const problems = (machine: Machine, input: unknown) => refusal(machine, input).problems;

/** Members that steer chunks, and values just outside of what they may be. */
const BOUNDS = {
  workers: [0, 9, 1.5],
  chunkSeconds: [0.09, 5.1],
  chunkMiB: [0.9, 65],
  niceRatio: [-0.1, 10.1],
  maxLagSeconds: [0.09, 3601],
  pauseThreads: [0, 10_001],
  abortThreads: [1, 100_001],
  maxHistoryList: [999, 1_000_000_001],
  maxCommitMs: [0.9, 60_001],
  minFreeGiB: [-1, 1_000_001],
};
const OUTSIDE = Object.entries(BOUNDS).flatMap(([name, values]) =>
  values.map((value) => [name, value] as const),
);

describe.each(MACHINES)('the input of %s', (machine, valid) => {
  it('is valid with what is required alone', () => {
    expect(checkInput(machine, TARGET, valid).input).toMatchObject({
      ...valid,
      workers: 1,
      ...COPY_DEFAULTS,
      dryRun: false,
    });
  });

  it.each(OUTSIDE)('refuses %s %d', (name, value) => {
    const input = { ...valid, pauseThreads: 1, [name]: value };
    expect(problems(machine, input)[0]).toMatch(new RegExp(`^${name}: .*(too|integer|int)`));
  });

  it('refuses numbers as text, and members it does not know', () => {
    expect(problems(machine, { ...valid, chunkMiB: '16', chunks: 4 })).toEqual([
      expect.stringMatching(/^chunkMiB: /),
      expect.stringContaining('chunks'),
    ]);
  });

  it('takes the lease of the new table, whoever of both machines it is', () => {
    expect(checkInput(machine, TARGET, valid).leases).toEqual([
      'student-module-history.csmh.extended',
    ]);
  });
});

it('a migration is refused with all problems at once, and an example of this target', () => {
  const input = {
    table: 'courseware_studentmodule',
    workers: 12,
    chunkMiB: 0,
    settleMinutes: 0,
    offset: 0,
    rescanHours: 721,
    readFrom: 'source',
    continueRun: 'run-1',
    dryRun: 'no',
  };
  const error = refusal('student-module-history-migration', input);
  expect(error.problems.map((one) => one.split(':')[0]).sort()).toEqual(Object.keys(input).sort());
  expect(error.message).toContain('"table":"courseware_studentmodulehistory"');
  const example = INPUTS['student-module-history-migration'].example as (of: object) => unknown;
  expect(() =>
    checkInput('student-module-history-migration', TARGET, example(TARGET)),
  ).not.toThrow();
});

it('nobody starts a migration by accident: {} is bad input', () => {
  expect(problems('student-module-history-migration', {})).toEqual([
    expect.stringMatching(/^table: /),
  ]);
});

it('a removal is refused with all problems at once: names, table, method and snapshot', () => {
  const input = {
    migrationOf: 'the last one',
    snapshotId: ' ',
    confirm: 'courseware_studentmodulehistory',
    method: 'drop',
  };
  expect(problems('student-module-history-removal', input)).toEqual([
    expect.stringContaining('migrationOf: must be the id of a run'),
    expect.stringContaining('snapshotId: must name the snapshot'),
    expect.stringContaining('confirm: this stack empties edxapp.courseware_studentmodulehistory'),
    expect.stringMatching(/^method: /),
  ]);
  expect(problems('student-module-history-removal', {})).toHaveLength(4);
});
