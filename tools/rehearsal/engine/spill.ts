// What is finished goes to a file, so that the heap does not grow with the number of executions.
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Length of each part, four bytes, before the parts themselves. */
const LENGTH_BYTES = 4;

/** Records of texts, appended to a temporary file that has no name: whatever ends us removes it. */
export class Spill {
  private file: number | undefined;
  private end = 0;

  /** Returns where the record stands. */
  append(texts: readonly string[]): number {
    this.file ??= openUnnamed();
    const parts = texts.map((text) => Buffer.from(text));
    const head = Buffer.alloc(texts.length * LENGTH_BYTES);
    for (const [at, { length }] of parts.entries()) head.writeUInt32LE(length, at * LENGTH_BYTES);
    const record = Buffer.concat([head, ...parts]);
    const place = this.end;
    for (let done = 0; done < record.length; ) {
      done += writeSync(this.file, record, done, record.length - done, place + done);
    }
    this.end += record.length;
    return place;
  }

  /** The text number `part` of the record of `count` texts at `place`. */
  read(place: number, count: number, part: number): string {
    const head = this.bytes(place, count * LENGTH_BYTES);
    let at = place + head.length;
    for (let before = 0; before < part; before++) at += head.readUInt32LE(before * LENGTH_BYTES);
    return this.bytes(at, head.readUInt32LE(part * LENGTH_BYTES)).toString();
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private bytes(place: number, length: number): Buffer {
    if (this.file === undefined) throw new Error('the engine is closed, and its records with it');
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.file, bytes, done, length - done, place + done);
      if (read === 0) throw new Error('a record of the engine is cut off');
      done += read;
    }
    return bytes;
  }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `rehearsal-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
