// Nothing is removed on belief: what stands before the first DELETE, and what happens when it got old.

import jsonata from 'jsonata';
import type { RefusedInputError } from '../../../lambdas/shared/errors';
import { checkInput } from '../../../lambdas/shared/inputs';
import {
  definitionsOf,
  exampleTarget,
  type State,
  statesOf,
  studentModuleHistoryTemplate,
} from '../../support/definitions';
import { mainPath, type ParsedState } from '../../support/step-machine';

const template = studentModuleHistoryTemplate();
const definition = definitionsOf(template)['example-student-module-history-removal']!;
const states = definition.States as unknown as Record<string, ParsedState>;
const all = new Map(statesOf(definition)) as Map<string, State & ParsedState & { Output?: string }>;
const evaluate = async (text: string, input: object, context: object = {}) =>
  JSON.parse(
    JSON.stringify(
      await jsonata(text.replace(/^\{%|%\}$/g, '')).evaluate({}, { states: { input, context } }),
    ),
  );

it('reads what was copied, asks, compares all rows, and only then removes', () => {
  expect(mainPath(states, definition.StartAt)).toEqual([
    'Check the input',
    'Read what the migration has copied',
    'Only a dry run?',
    'Ask at gate remove-rows',
    'Begin a full comparison',
    'List the ranges of history to compare',
    'For each range of history to compare',
    'Settle the ranges of history to compare',
    'Any ranges of history to compare left?',
    'All ranges of history to compare done',
    'Note when all rows agreed',
    'For each stretch of removals of old rows',
    'Another stretch of removals of old rows?',
    'All removals of old rows done',
    'Has the comparison become too old?',
    'The old rows are gone',
    'Close the run',
  ]);
});

it('is braked by replicas of the old table, not by those of the new one', () => {
  const { studentModuleHistory: both } = exampleTarget();
  const at = (host: string) => [{ host, port: 3306 }];
  const other = studentModuleHistoryTemplate({
    studentModuleHistory: {
      ...both,
      source: { ...both.source, replicas: at('edxapp-reader') },
      target: { ...both.target, replicas: at('edxapp-csmh-reader') },
    },
  });
  const of = new Map(statesOf(definitionsOf(other)['example-student-module-history-removal']!));
  expect(of.get('Remove rows from the old table')!.Arguments!.Payload.replicas).toEqual(
    at('edxapp-reader'),
  );
});

it('compares again, under another name, when the comparison got too old', async () => {
  const [again] = states['Has the comparison become too old?']!.Choices!;
  expect(again!.Next).toBe('Begin a full comparison');
  expect(await evaluate(again!.Condition, { removal: { status: 'stale' } })).toBe(true);
  expect(await evaluate(again!.Condition, { removal: { status: 'done' } })).toBe(false);
  const keys = async (entered: string) => {
    const context = { State: { EnteredTime: entered } };
    const migration = { ranges: [{ name: 'range-1', lo: '1', hi: '9' }] };
    const begun = await evaluate(
      all.get('Begin a full comparison')!.Output!,
      { migration },
      context,
    );
    const listed = await evaluate(all.get('List the ranges of history to compare')!.Output!, begun);
    return listed.historyVerify.todo;
  };
  const first = await keys('2026-02-01T03:04:05.678Z');
  expect(first).toEqual([
    {
      key: 'range-1-20260201030405678',
      value: { name: 'range-1-20260201030405678', lo: '1', hi: '9' },
    },
  ]);
  expect((await keys('2026-02-02T03:04:05.678Z'))[0].key).not.toBe(first[0].key);
});

it('tells the task when the comparison had passed, and what was typed', async () => {
  const context = { State: { EnteredTime: '2026-02-01T03:04:05.678Z' } };
  const noted = await evaluate(all.get('Note when all rows agreed')!.Output!, {}, context);
  expect(noted).toEqual({ verifiedAt: '2026-02-01T03:04:05.678Z' });
  expect(all.get('Remove rows from the old table')!.Arguments!.Payload).toMatchObject({
    verifiedAt: '{% $states.input.verifiedAt %}',
    confirm: '{% $states.input.input.confirm %}',
    method: '{% $states.input.input.method %}',
    lo: '{% $states.input.migration.lo %}',
    hi: '{% $states.input.migration.hi %}',
  });
});

it('asks for exactly these rows of this table, and says what cannot be undone', async () => {
  const { question, approve } = all.get('Ask at gate remove-rows')!.Arguments!.Payload as {
    question: string;
    approve: Record<string, string>;
  };
  const input = {
    input: { method: 'drain', snapshotId: 'rds:s-1' },
    migration: { lo: '7', hi: '99' },
  };
  expect(await evaluate(question, input)).toMatch(
    /^Remove rows 7 to 99 from edxapp\.courseware_studentmodulehistory by drain\? They cannot be brought back.*snapshot rds:s-1/s,
  );
  expect(Object.keys(approve).sort()).toEqual(['hi', 'lo', 'method', 'snapshotId', 'table']);
});

describe('its input', () => {
  const { studentModuleHistory: target } = exampleTarget();
  const valid = {
    migrationOf: 'run-20260131-0a1b2c3d4e',
    snapshotId: 'rds:edxapp-2026-02-01',
    confirm: 'edxapp.courseware_studentmodulehistory',
    method: 'drain',
  };
  const problems = (input: object): readonly string[] => {
    try {
      checkInput('student-module-history-removal', target, input);
      return [];
    } catch (error) {
      return (error as RefusedInputError).problems;
    }
  };

  it.each<[string, object, string[]]>([
    ['what is complete', valid, []],
    [
      'nothing',
      {},
      [
        'migrationOf: is missing',
        'snapshotId: is missing',
        'confirm: is missing',
        'method: invalid option: expected one of "drain"|"truncate"',
      ],
    ],
    [
      'the table without its database',
      { ...valid, confirm: 'courseware_studentmodulehistory' },
      ['confirm: this stack empties edxapp.courseware_studentmodulehistory: type that name'],
    ],
    [
      'the new table',
      { ...valid, confirm: 'edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended' },
      ['confirm: this stack empties edxapp.courseware_studentmodulehistory: type that name'],
    ],
    [
      'a blank snapshot',
      { ...valid, snapshotId: ' ' },
      ['snapshotId: must name the snapshot that has the old rows'],
    ],
    [
      'another run',
      { ...valid, migrationOf: 'latest' },
      ['migrationOf: must be the id of a run, as in run-20260131-0a1b2c3d4e'],
    ],
    [
      'a stop before the pause',
      { ...valid, pauseThreads: 60 },
      ['abortThreads: must be more than pauseThreads'],
    ],
  ])('says of %s what is wrong', (_, input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  it('shares its lease with the migration of the same table', () => {
    const leases = [
      checkInput('student-module-history-removal', target, valid).leases,
      checkInput('student-module-history-migration', target, {
        table: 'courseware_studentmodulehistory',
      }).leases,
    ];
    expect(leases[0]).toEqual(leases[1]);
    expect(leases[0]).toEqual([
      'student-module-history.edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended',
    ]);
  });
});
