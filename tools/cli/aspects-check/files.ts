// Files to look at: those named, and texts below folders.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { UsageError } from '../errors';

const TEXTS = [
  '.sql',
  '.yml',
  '.yaml',
  '.json',
  '.j2',
  '.jinja',
  '.jinja2',
  '.html',
  '.py',
  '.md',
  '.txt',
  '.csv',
];
const SKIPPED = ['.git', 'node_modules', 'target', 'dbt_packages', '.venv', 'venv', '__pycache__'];
const LARGEST = 20_000_000;

/** Paths of files; names that start with a dot and folders of tools are left out. */
export function filesIn(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => below(path, true)))];
}

function below(path: string, named: boolean): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new UsageError(`${path} is not there`);
  if (stat.isDirectory()) {
    return readdirSync(path)
      .sort()
      .filter((name) => !SKIPPED.includes(name))
      .flatMap((name) => below(join(path, name), false));
  }
  if (!stat.isFile() || stat.size > LARGEST) return [];
  // Patches of Tutor have no ending.
  return named || TEXTS.includes(extname(path)) || extname(basename(path)) === '' ? [path] : [];
}

/** Its text; undefined: it is none. */
export function textOf(path: string): string | undefined {
  const text = readFileSync(path, 'utf8');
  return text.includes('\0') ? undefined : text;
}
