// The list of SQL files that makes an application's schema, without the Python functions Redshift no longer
// makes. Files are told by what they say, not by their numbers, which differ from version to version.

/** A file of the edited list. */
export interface EditedFile {
  /** Place in the list that came in. */
  readonly index: number;
  readonly sql: string;
  /** False: the file is as it was, and may be named by its address. */
  readonly edited: boolean;
}

export interface EditedList {
  readonly files: readonly EditedFile[];
  /** Python functions that are no longer made, by name in lower case: external ones must stand for them. */
  readonly functions: readonly string[];
}

/**
 * Comments (one may stand in another), strings, quoted names and dollar-quoted bodies: no word in them is SQL of this file. A
 * backslash escapes inside a string, as in Redshift.
 */
const OPAQUE =
  /--[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*[\s\S]*?\*\/)*\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g;

/** Takes the functions in language plpythonu out of an ordered list of SQL texts. */
export function editedSchemaList(texts: readonly string[]): EditedList {
  const parsed = texts.map((text) => statementsOf(text));
  const functions = new Set(parsed.flat().flatMap((one) => pythonFunction(one) ?? []));
  // A file may drop a function before it makes it: that would now drop the external one.
  const goes = (one: Statement) =>
    pythonFunction(one) !== undefined || functions.has(droppedFunction(one) ?? '');
  const files = parsed.flatMap((statements, index): EditedFile[] => {
    const stay = statements.filter((one) => !goes(one));
    if (stay.length === statements.length) return [{ index, sql: texts[index]!, edited: false }];
    if (stay.every(({ code }) => code === '')) return [];
    return [
      {
        index,
        sql: stay
          .map(({ text }) => text)
          .join('')
          .trim(),
        edited: true,
      },
    ];
  });
  return { files, functions: [...functions].sort() };
}

/** A statement as it stands in its file, and its words: strings and bodies as `''`, comments gone. */
interface Statement {
  readonly text: string;
  readonly code: string;
}

function statementsOf(text: string): Statement[] {
  // Blanked out to the same length, so that places in the one are places in the other.
  const masked = text.replace(OPAQUE, (part) => ' '.repeat(part.length));
  const ends = [...masked.matchAll(/;/g)].map(({ index }) => index + 1);
  const bounds = [0, ...ends, text.length];
  return bounds.slice(1).map((end, i) => {
    const own = text.slice(bounds[i], end);
    return { text: own, code: codeOf(own) };
  });
}

function codeOf(text: string): string {
  return text
    .replace(OPAQUE, (part) => {
      if (/^(--|\/\*)/.test(part)) return ' ';
      // A quoted name is a name, and a language may be given as a string.
      return part.startsWith('"') || /^'\w+'$/.test(part) ? part : "''";
    })
    .replace(/;\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const NAME = String.raw`((?:"(?:[^"]|"")*"|[^\s("'.]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[^\s("'.]+))*)\s*\(`;
const CREATE = new RegExp(`^create\\s+(?:or\\s+replace\\s+)?function\\s+${NAME}`, 'i');
const DROP = new RegExp(`^drop\\s+function\\s+(?:if\\s+exists\\s+)?${NAME}`, 'i');
const PYTHON = /\blanguage\s+['"]?plpython\w*/i;

function pythonFunction({ code }: Statement): string | undefined {
  const name = CREATE.exec(code)?.[1];
  return name !== undefined && PYTHON.test(code) ? lastPart(name) : undefined;
}

const droppedFunction = ({ code }: Statement): string | undefined => {
  const name = DROP.exec(code)?.[1];
  return name === undefined ? undefined : lastPart(name);
};

/** Name without its schema and quotes; both kinds fold to lower case in Redshift. */
const lastPart = (name: string): string =>
  /("(?:[^"]|"")*"|[^."]+)$/.exec(name)![1]!.trim().replaceAll('"', '').toLowerCase();
