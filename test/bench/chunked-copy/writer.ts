// The application that goes on while something copies: a row every few milliseconds, and how long each took.
// A process of its own; says on SIGTERM what it saw.
//
//   writer.ts <socket>

import { createConnection } from 'mysql2/promise';
import { LIVE, TARGET } from './database';

const EVERY_MS = 10;

async function write(socketPath: string): Promise<void> {
  const connection = await createConnection({ socketPath, user: 'root' });
  const took: number[] = [];
  process.once('SIGTERM', () => {
    const sorted = took.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    process.stdout.write(JSON.stringify({ count: took.length, p50: at(0.5), p99: at(0.99) }));
    process.exit();
  });
  for (let id = LIVE + process.pid * 1_000_000; ; id++) {
    const begun = performance.now();
    await connection.query(
      `insert into ${TARGET} (id, created, state, student_module_id) values (${id}, now(6), repeat('x', 250), ${id % 100_003})`,
    );
    took.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

void write(process.argv[2]!);
