// The example target as it is deployed, made once for the proofs of a file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { bundle, synthesize } from '../../../cli/assembly';

/** Synthesizes it before the tests of a file; returns where it is. */
export function exampleAssembly(): () => string {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'assembly-'));
    const { signal } = new AbortController();
    await bundle(signal);
    await synthesize('example', folder, signal);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
