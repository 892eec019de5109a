// Qualified names in a text: `schema.table`, each part bare, in backticks or in double quotes, bounded on both
// sides. New names contain old ones, so that a search without bounds would find the wrong ones.

/** A qualified name and where it stands. */
export interface Mention {
  /** Database as the text has it. */
  readonly database: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const QUALIFIED =
  /(?<![\w.$])(?:`(\w+)`|"(\w+)"|(?<![`"])(\w+))\s*\.\s*(?:`(\w+)`|"(\w+)"|(\w+))(?![\w$])/g;

/** Qualified names in their order; `a.b.c` names column c, and `a.b` of it. */
export function mentionsOf(text: string): Mention[] {
  return [...text.matchAll(QUALIFIED)].map((match) => ({
    database: (match[1] ?? match[2] ?? match[3])!,
    name: (match[4] ?? match[5] ?? match[6])!,
    start: match.index,
    end: match.index + match[0].length,
  }));
}
