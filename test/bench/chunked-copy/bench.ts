// The copy of this package beside what people do instead: the same rows, the same server, in one run, median
// of the rounds. Rows per second, what a concurrent writer of the application sees, and how long it takes to
// a correct table after a kill half way. Each method is checked row by row when it is done. B17: ours is at
// least three times as fast as pt-archiver's row mode; the last line says how many times.
//
//   apt-get install mariadb-server percona-toolkit libdbd-mysql-perl    (without starting the service)
//   npx tsx test/bench/chunked-copy/bench.ts [--rows 200000] [--bytes 250] [--rounds 3] [--only name,…]
//                                            [--unicode] [--no-kill] [--no-nice] [--json]
//
// Figures are those of one MariaDB and its clients on the machine this runs on; the cores they share matter.
// pt-archiver is left out, and says so, where it is not installed; its bulk mode where the text is not ASCII.

import { parseArgs } from 'node:util';
import { Database } from './database';
import { gentleness } from './gentle';
import { afterKill, type Measured, measure, type Recovered } from './measure';
import { methods } from './methods';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    bytes: { type: 'string', default: '250' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    unicode: { type: 'boolean', default: false },
    'no-kill': { type: 'boolean', default: false },
    'no-nice': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Line {
  readonly name: string;
  readonly runs: Measured[];
  kill?: Recovered;
  leftOut?: string;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function bench(): Promise<void> {
  const rows = Number(values.rows);
  const wanted = values.only?.split(',');
  const all = methods({ ascii: !values.unicode, rows }).filter(
    ({ name }) => !wanted || wanted.some((part) => name.includes(part)),
  );
  const database = await Database.start(rows, Number(values.bytes), !values.unicode);
  const lines: Line[] = all.map(({ name, leftOut }) => ({ name, runs: [], leftOut }));
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      for (const [i, method] of all.entries()) {
        if (lines[i]!.leftOut) continue;
        try {
          const measured = await measure(database, method);
          lines[i]!.runs.push(measured);
          say(`round ${round}: ${method.name}: ${measured.seconds.toFixed(2)} s`);
        } catch (error) {
          lines[i]!.leftOut = (error as Error).message;
        }
      }
    }
    for (const [i, method] of all.entries()) {
      if (values['no-kill'] || lines[i]!.leftOut) continue;
      lines[i]!.kill = await afterKill(database, method);
      say(`killed and recovered: ${method.name}`);
    }
    const nice = values['no-nice']
      ? undefined
      : await gentleness(database, Number(values.rounds), say);
    report(lines, rows, nice);
  } finally {
    await database.stop();
  }
}

function report(
  lines: readonly Line[],
  rows: number,
  nice?: Awaited<ReturnType<typeof gentleness>>,
): void {
  const secondsOf = (part: string) => {
    const line = lines.find(({ name }) => name.includes(part));
    return median(line?.runs.map(({ seconds }) => seconds) ?? []);
  };
  const [bare, archiver] = [secondsOf('one INSERT'), secondsOf('pt-archiver, rows')];
  const table = lines.map(({ name, runs, kill, leftOut }) => {
    if (leftOut) return { method: name, leftOut };
    const seconds = median(runs.map((run) => run.seconds));
    return {
      method: name,
      'rows/s': Math.round(rows / seconds),
      'of one INSERT': round(bare / seconds),
      'of pt-archiver': round(archiver / seconds),
      'writer p50 ms': round(median(runs.map(({ p50 }) => p50))),
      'writer p99 ms': round(median(runs.map(({ p99 }) => p99))),
      'wrong rows': Math.max(...runs.map(({ wrong }) => wrong)),
      'after a kill s': kill ? round(kill.seconds) : null,
      'then wrong rows': kill ? kill.wrong : null,
    };
  });
  const times = archiver / secondsOf('ours, 1 worker');
  if (times) say(`B17: ${round(times)} times as fast as pt-archiver by rows; wanted are 3`);
  const p99Of = (part: string) =>
    median(lines.find(({ name }) => name.includes(part))?.runs.map(({ p99 }) => p99) ?? []);
  const beside = p99Of('ours, 1 worker') / p99Of('no sleep');
  if (beside)
    say(`writer's p99: ${round(beside)} times that beside the guide's loop; wanted are 1.1`);
  if (values.json)
    console.log(JSON.stringify({ rows, bytes: Number(values.bytes), table, nice }, null, 2));
  else console.table(table);
}

const round = (value: number): number => Math.round(value * 100) / 100;

void bench().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
