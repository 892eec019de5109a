// Old names in a text, and the text with new ones. Only qualified names, bounded on both sides, are names: new ones
// contain old ones, and `responses` is a column too.

import { type DatabaseNames, databasePattern, inTheWayOf, roleIn } from './databases';
import type { Fate, Fates } from './target';

/** A place in a text that is to be replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** `xapi.responses`, by role. */
  readonly old: string;
  readonly fate: Fate;
}

/** Something a person must look at. */
export interface Remark {
  readonly at: number;
  readonly name: string;
  readonly why: string;
}

/** What was found in a text. */
export interface Found {
  readonly edits: readonly Edit[];
  readonly remarks: readonly Remark[];
}

/** Functions whose first argument is the name of a dictionary, as a string. */
const OF_DICTIONARY = /\b(dictGet\w*|dictHas|dictIsIn|dictionary)\s*\(\s*\\?'$/i;

/** Qualified names in SQL, in SQL inside of YAML or JSON, and in arguments of dictionary functions. */
export function qualifiedNames(text: string, fates: Fates, names: DatabaseNames): Found {
  // Behind `\n`, as JSON writes the end of a line, a name begins too.
  const pattern = new RegExp(
    `(?:(?<![\\w.$])|(?<=\\\\[nrt]))(\`|\\\\?"|)(${databasePattern(names)})\\1\\s*\\.\\s*(\`|\\\\?"|)(\\w+)\\3(?![\\w$])`,
    'g',
  );
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  for (const match of text.matchAll(pattern)) {
    const [all, quote = '', database = '', quoted = '', name = ''] = match;
    const role = roleIn(database, names);
    const old = `${role}.${name}`;
    const fate = role && fates.get(old);
    if (!fate) continue;
    const at = match.index;
    if (text[at - 1] === "'" && !OF_DICTIONARY.test(text.slice(Math.max(0, at - 60), at))) {
      remarks.push({
        at,
        name: old,
        why: `stands in a text, not where a query names a relation${toldOf(fate)}`,
      });
    } else if (!fate.to) remarks.push({ at, name: old, why: noneFor(fate) });
    else {
      const to = inTheWayOf(database, fate.to.database, names);
      const text_ = `${quote}${to}${quote}.${quoted}${fate.to.name}${quoted}`;
      edits.push({ start: at, end: at + all.length, text: text_, old, fate });
    }
  }
  return { edits, remarks };
}

/** Models named by `ref('…')` in a dbt project, whose names have no database. */
export function references(text: string, fates: Fates): Found {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  const byName = new Map([...fates].map(([full, fate]) => [full.split('.')[1]!, { full, fate }]));
  for (const match of text.matchAll(/\bref\(\s*(?:(['"])\w+\1\s*,\s*)?(['"])(\w+)\2\s*\)/g)) {
    const [all, , , name = ''] = match;
    const known = byName.get(name);
    // Only the database of this one has changed.
    if (!known || known.fate.to?.name === name) continue;
    const { full, fate } = known;
    const start = match.index + all.lastIndexOf(name);
    if (fate.to)
      edits.push({ start, end: start + name.length, text: fate.to.name, old: full, fate });
    else remarks.push({ at: start, name: full, why: noneFor(fate) });
  }
  return { edits, remarks };
}

const toldOf = ({ to }: Fate): string => (to ? `; its new name is ${to.database}.${to.name}` : '');

/** What to say where there is no replacement. */
export const noneFor = ({ nearest }: Fate): string =>
  `has no replacement${nearest.length > 0 ? `; nearest are ${nearest.join(', ')}, of another grain or columns` : ''}`;

/** The text with its places replaced. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => b.start - a.start);
  return sorted.reduce(
    (now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end),
    text,
  );
}
