// The operator's own YAML files as properties, the way Spring binds them: later files win, and
// `pathPrefix`, `path-prefix` and `path_prefix` are one name. Only what is asked for is ever looked at;
// texts of the files, passwords among them, get into no message.

import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { UsageError } from '../errors';

/** Why a value cannot be used. */
type Unusable = 'is a placeholder' | 'is encrypted';

const JOIN = '\0';
/** Below it stand keys of the operator's own, which are kept as they are. */
const OWN_KEYS = 'tenants';

export class Settings {
  private readonly values = new Map<string, string>();
  /** Properties that were asked for and have a value of no use, as the caller spells them. */
  readonly unusable = new Map<string, Unusable>();
  /** What of the files was left out. */
  readonly skipped: string[] = [];

  static read(files: readonly string[]): Settings {
    const settings = new Settings();
    for (const file of files) settings.add(file, textOf(file));
    return settings;
  }

  /** Adds a file's documents; those of a Spring profile are left out. */
  add(file: string, text: string): void {
    const lines = new LineCounter();
    // Every scalar as it is written: a prefix 0042 is no number, and a tenant NO no boolean.
    const documents = parseAllDocuments(text, {
      schema: 'failsafe',
      merge: true,
      prettyErrors: false,
      lineCounter: lines,
    });
    for (const document of 'empty' in documents ? [] : documents) {
      const [error] = document.errors;
      if (error) {
        const { line } = lines.linePos(error.pos[0]);
        throw new UsageError(`${file} is not YAML: line ${line} (${error.code})`);
      }
      const own = new Map<string, string>();
      collect(plain(document, file), [], own);
      if (PROFILES.some((path) => own.has(path))) {
        this.skipped.push(`${file}: a document of a Spring profile is not read`);
        continue;
      }
      for (const [path, value] of own) this.values.set(path, value);
    }
  }

  /** Whether a property is there, usable or not. */
  has(property: string): boolean {
    return this.text(property) !== undefined || this.unusable.has(property);
  }

  /** Value of a property such as `archive.uri-root`; undefined when there is none of use. */
  text(property: string): string | undefined {
    const value = this.values.get(pathOf(property))?.trim();
    if (value === undefined || value === '' || value === '~' || value === 'null') return undefined;
    const reason = unusable(value);
    if (reason) this.unusable.set(property, reason);
    return reason ? undefined : value;
  }

  /** The first of these properties that has a value. */
  first(...properties: readonly string[]): string | undefined {
    for (const property of properties) {
      const value = this.text(property);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Keys below a property, in their order. */
  keys(property: string): string[] {
    const prefix = `${pathOf(property)}${JOIN}`;
    const below = [...this.values.keys()].filter((path) => path.startsWith(prefix));
    return [...new Set(below.map((path) => path.slice(prefix.length).split(JOIN)[0]!))];
  }
}

/** `pathPrefix`, `path-prefix`, `path_prefix`. */
const relaxed = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

function pathOf(property: string, above: readonly string[] = []): string {
  const path = [...above];
  for (const part of property.match(/[^.[\]]+/g) ?? []) {
    path.push(path.at(-1) === OWN_KEYS ? part : relaxed(part));
  }
  return path.join(JOIN);
}

const PROFILES = ['spring.profiles', 'spring.config.activate.on-profile'].map((one) => pathOf(one));

/** Leaves of a document by their paths; a key may hold a path of its own: `archive.uri-root: …`. */
function collect(node: unknown, above: readonly string[], into: Map<string, string>): void {
  if (typeof node === 'string') {
    into.set(above.join(JOIN), node);
    return;
  }
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  for (const [key, value] of Object.entries(node)) {
    collect(value, pathOf(key, above).split(JOIN), into);
  }
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    // An unquoted password that begins with an asterisk is an alias, and would be quoted in the message.
    throw new UsageError(`${file} is not YAML: an alias in it has no anchor, or too many uses`);
  }
}

function unusable(value: string): Unusable | undefined {
  if (/^\{cipher\}/i.test(value)) return 'is encrypted';
  return /\$\{/.test(value) ? 'is a placeholder' : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
