// Results of a matrix in a file, a line each, so that one of hours may be played in parts: what was equal with the
// same assembly is not played again.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Case, specText } from './matrix-cases';

interface Line {
  readonly assembly: string;
  readonly scene: string;
  readonly fault: string;
  readonly differences: readonly string[];
}

/** Says whether two assemblies have the same templates and assets, wherever they were written. */
function assemblyId(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    hash.update(name);
    if (name.endsWith('.template.json')) hash.update(readFileSync(path.join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The file of results; without a name nothing is known and nothing kept. */
export class MatrixResults {
  private readonly known: readonly Line[];
  private readonly ids = new Map<string, string>();

  constructor(private readonly file: string | undefined) {
    const text = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
    this.known = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  }

  /** Those that are not known to be equal. */
  left(assembly: string, cases: readonly Case[]): Case[] {
    const id = this.idOf(assembly);
    const equal = this.known
      .filter((line) => line.assembly === id && line.differences.length === 0)
      .map(({ scene, fault }) => `${scene} ${fault}`);
    const done = new Set(equal);
    return cases.filter(({ scene, fault }) => !done.has(`${scene} ${specText(fault)}`));
  }

  keep(assembly: string, results: readonly (Case & Pick<Line, 'differences'>)[]): void {
    if (this.file === undefined) return;
    const lines = results.map(({ scene, fault, differences }) => {
      const line = { assembly: this.idOf(assembly), scene, fault: specText(fault), differences };
      return `${JSON.stringify(line satisfies Line)}\n`;
    });
    appendFileSync(this.file, lines.join(''));
  }

  private idOf(assembly: string): string {
    const id = this.ids.get(assembly) ?? assemblyId(assembly);
    this.ids.set(assembly, id);
    return id;
  }
}
