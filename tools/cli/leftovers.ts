// What a rehearsal that was killed (SIGKILL, a power cut) leaves on the disk: its temporary folder and
// perhaps the lock of the bundler. The next one removes both. PostgreSQL and its files go by themselves.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** Bundling takes a second or two; a bundler whose parent was killed is done by then. */
const ORPHAN_MS = 5_000;

/** A temporary folder that says whose it is. */
export function ownFolder(): string {
  removeLeftovers();
  return mkdtempSync(path.join(tmpdir(), `runbooks-${process.pid}-`));
}

/**
 * Removes the folders of dead processes. Worth a second time at the end: what a killed rehearsal had
 * started to synthesize may have gone on writing after the first.
 */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^runbooks-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another user's folder cannot be removed, and does not hinder.
    try {
      rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
    } catch {}
  }
}

/** Takes a lock file that names its holder; one whose holder is dead is removed. */
export function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    try {
      const holder = Number(readFileSync(lock, 'utf8'));
      const age = Date.now() - statSync(lock).mtimeMs;
      if (age > ORPHAN_MS && !(holder > 0 && isAlive(holder))) rmSync(lock);
    } catch {}
    return false;
  }
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
