import { ProgressLine } from '../../cli/progress';
import { Terminal } from '../../cli/terminal';

const step = {
  step: 'events',
  item: 'shop',
  title: '5 days',
  done: false,
  batches: 6,
  doneBatches: 0,
  rows: 0,
  renewedAt: 0,
};

it('shows time and state before any step has begun', () => {
  const { text } = new ProgressLine().text({ seconds: 3, state: 'Check the input', steps: [] });
  expect(text).toBe('  0:03  Check the input');
});

it('shows window, rows, rate and time left of the step at work', () => {
  const line = new ProgressLine();
  line.text({ seconds: 10, state: 'Run event batches', steps: [step] });
  const later = { ...step, title: '15 days', doneBatches: 2, rows: 30_000 };
  const { text } = line.text({ seconds: 30, state: 'Run event batches', steps: [later] });
  expect(text).toBe(
    '  0:30  Run event batches  shop  15 days (3 of 6)  30,000 rows  1,500 rows/s  0:40 left',
  );
});

it('keeps the rate while a window takes its time, and lets the time left run out', () => {
  const line = new ProgressLine();
  const later = { ...step, doneBatches: 2, rows: 30_000 };
  line.text({ seconds: 10, state: 'Run', steps: [step] });
  line.text({ seconds: 30, state: 'Run', steps: [later] });
  expect(line.text({ seconds: 36, state: 'Run', steps: [later] }).text).toMatch(
    /1,500 rows\/s {2}0:34 left$/,
  );
});

it('goes back to the state alone when every step is done', () => {
  const done = { ...step, done: true };
  const { text } = new ProgressLine().text({ seconds: 61, state: 'Report', steps: [done] });
  expect(text).toBe('  1:01  Report');
});

it('writes one line over and over on a terminal, and clears it before other lines', () => {
  const written: string[] = [];
  const terminal = new Terminal({ isTTY: true, columns: 8, write: (t) => written.push(t) });
  terminal.live('0123456789', 'a');
  terminal.line('end');
  expect(written).toEqual(['\r\u001b[2K0123456', '\r\u001b[2K', 'end\n']);
});

it('writes plain lines elsewhere: at once for a new state, otherwise now and then', () => {
  const written: string[] = [];
  let now = 0;
  const terminal = new Terminal({ write: (t) => written.push(t) }, () => now);
  terminal.live('1', 'a');
  terminal.live('2', 'a');
  terminal.live('3', 'b');
  now = 3_000;
  terminal.live('4', 'b');
  expect(written.join('')).toBe('1\n3\n4\n');
});
