// What stands in tables: head of the page, progress, copies, checks, items, gates, the log.

import { byId, el, isNew, showTable } from './dom.js';
import { count, duration, instant, plural, SIGNS, statusOf } from './format.js';

export function showHead({ sight, console, at }) {
  const { machine, run, execution, seconds, redriveCount, states, startedAt, stoppedAt } = sight;
  const status = statusOf(sight);
  document.title = `${SIGNS[status]} ${machine}${run ? ` ${run}` : ''}`;
  byId('name').textContent = machine;
  byId('about').textContent = [
    run ? `Run ${run}` : 'No run yet',
    `execution ${execution.split(':').at(-1)}`,
    `since ${instant(startedAt)} UTC`,
    ...(stoppedAt ? [`until ${instant(stoppedAt)} UTC`] : []),
    duration(seconds),
    ...(redriveCount > 0 ? [`redriven ${plural(redriveCount, 'time')}`] : []),
  ].join(' · ');
  byId('status').textContent =
    `${SIGNS[status]} ${sight.status}${status === 'waits' ? ', waits for a person' : ''}`;
  byId('status').className = `pill s-${status}`;
  byId('where').textContent = states.join(' › ');
  byId('console').href = console;
  byId('seen').textContent = `as of ${instant(at)} UTC`;
}

export function showProgress({ sight, checks, items, gates }) {
  const { steps, copies, maps, log } = sight;
  byId('steps-part').hidden = steps.length + copies.length === 0;
  showTable(
    'steps',
    'Steps that work through batches',
    ['Step', 'Item', 'At work', '#Batches done', '#Rows', '#Rows a second', '#Time left'],
    steps.map((s) => [
      ...[s.step, s.item ?? '', s.done ? 'done' : (s.window ?? '')],
      ...[`${count(s.doneBatches)} of ${count(s.batches)}`, count(s.rows)],
      s.rowsPerSecond ? count(s.rowsPerSecond) : '',
      s.secondsLeft === undefined ? '' : duration(s.secondsLeft),
    ]),
  );
  showTable(
    'copies',
    'Ranges of the copy',
    ['Range', 'Work', '#Rows', '#Rows a second', '#Time left', 'Rests'],
    copies.map((c) => [
      ...[c.range, c.done ? `${c.phase}: done` : c.phase, count(c.rows), count(c.rowsPerSecond)],
      ...[c.secondsLeft === null ? '' : duration(c.secondsLeft), c.pausedNow ?? ''],
    ]),
  );
  showTable(
    'checks',
    'What source and target say',
    ['Item', 'Check', '#Expected', '#Actual', 'Agrees'],
    checks.map((c) => [c.item ?? '', c.name, c.expected, c.actual, c.ok ? '✓ yes' : '✗ no']),
  );
  showTable(
    'items',
    'Items that are done or have failed',
    ['Item', 'Status', 'Message'],
    items.map((i) => [i.name, `${i.status === 'done' ? '✓' : '✗'} ${i.status}`, i.error]),
  );
  showTable(
    'asked',
    'What was answered',
    ['Gate', 'Answer', 'By', 'Reason', 'Answered at (UTC)', 'Question'],
    gates.flatMap(answersOf),
  );
  showTable(
    'log',
    'Last lines of the procedures’ logs',
    ['At', 'Level', 'Message'],
    log.map((l) => [l.loggedAt, l.level, l.message]),
  );
  const rows = steps.reduce((sum, one) => sum + one.rows, 0);
  byId('totals').textContent = [
    ...(rows > 0 ? [plural(rows, 'row')] : []),
    ...maps.map((m) => `${m.state}: ${m.succeeded} of ${m.total} children done`),
  ].join(' · ');
}

/** Answers to what a gate asks, and to what it asked before; the question of those is gone. */
const answersOf = ({ name, question, earlier = [], ...last }) =>
  [...earlier, { ...last, question }]
    .filter(({ answer }) => answer !== undefined)
    .map((one) => [
      ...[name, one.answer, one.by ?? '', one.reason ?? ''],
      ...[instant(one.answeredAt), one.question ?? ''],
    ]);

export function showFailures({ failures, failuresAmong }) {
  byId('failed-part').hidden = failures.length === 0;
  if (!isNew('failures', [failures, failuresAmong])) return;
  const among = `Of the ${failuresAmong} newest children; a Map Run has more.`;
  byId('failed').replaceChildren(
    ...(failuresAmong === undefined ? [] : [el('p', { class: 'quiet' }, among)]),
    ...failures.map(({ state, error, message, execution }) =>
      el(
        'div',
        { class: 'failure' },
        el('p', {}, el('strong', {}, `✗ ${state}`), `: ${error}`),
        el('pre', {}, message),
        el('p', { class: 'quiet' }, `in execution ${execution.split(':').at(-1)}`),
      ),
    ),
  );
}
