// UNLOAD and COPY as texts: what they ask for. Options that no runbook uses are refused by name.
// https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
// https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html

/** A place in S3: an object, or all whose keys begin so. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** How rows are written in a file. */
export interface Format {
  readonly csv: boolean;
  readonly delimiter: string;
  readonly nullAs?: string;
  readonly escaped: boolean;
}

export interface Unload {
  readonly kind: 'unload';
  readonly query: string;
  readonly to: Place;
  readonly role: string;
  readonly format: Format;
  readonly manifest: boolean;
  readonly verbose: boolean;
  readonly parallel: boolean;
  readonly existing: 'refused' | 'overwritten' | 'removed';
}

export interface Copy {
  readonly kind: 'copy';
  /** As in the text, with its schema. */
  readonly table: string;
  readonly columns?: readonly string[];
  readonly from: Place;
  readonly role: string;
  readonly format: Format;
  readonly manifest: boolean;
  readonly anyTime: boolean;
  readonly maxError: number;
  readonly noLoad: boolean;
}

const COMMENT = /('(?:[^'\\]|''|\\.)*')|--[^\n]*|\/\*[\s\S]*?\*\//g;
const bare = (sql: string) => sql.replace(COMMENT, (_, text?: string) => text ?? ' ').trim();

/** What a statement asks for; undefined when it is neither of the two. */
export function transferOf(sql: string): Unload | Copy | undefined {
  const text = bare(sql);
  if (/^unload\b/i.test(text)) return unload(new Words(text));
  return /^copy\b/i.test(text) ? copy(new Words(text)) : undefined;
}

const WORD = /\s*('(?:[^'\\]|''|\\.)*'|(?:"[^"]*"|[\w$])+(?:\.(?:"[^"]*"|[\w$])+)*|[(),;])/y;

/** The words of a statement, one after the other. */
class Words {
  private readonly all: string[] = [];
  private at = 0;

  constructor(text: string) {
    WORD.lastIndex = 0;
    for (let next = WORD.exec(text); next; next = WORD.exec(text)) this.all.push(next[1]!);
    const length = text.replace(/\s/g, '').length;
    if (this.all.join('').replace(/\s/g, '').length !== length) throw new Error('syntax error');
    if (this.all.at(-1) === ';') this.all.pop();
  }

  get over(): boolean {
    return this.at >= this.all.length;
  }

  next(): string {
    const word = this.all[this.at++];
    if (word === undefined) throw new Error('syntax error at end of input');
    return word;
  }

  /** Takes the next word if it is this one. */
  takes(word: string): boolean {
    const found = this.all[this.at]?.toLowerCase() === word;
    if (found) this.at++;
    return found;
  }

  must(word: string): void {
    const found = this.next();
    if (found.toLowerCase() !== word) throw new Error(`syntax error at or near "${found}"`);
  }

  /** A text: quotes doubled or escaped, backslashes escaped. */
  text(): string {
    const found = this.next();
    if (!found.startsWith("'")) throw new Error(`syntax error at or near "${found}"`);
    return found.slice(1, -1).replace(/''|\\(.)/g, (all, sign?: string) => sign ?? all[0]!);
  }

  /** A text behind an optional AS. */
  value(): string {
    this.takes('as');
    return this.text();
  }

  /** A text in which a backslash is a sign like any other, as in NULL AS '\N'. */
  raw(): string {
    this.takes('as');
    return this.next().slice(1, -1);
  }

  place(): Place {
    const uri = this.text();
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
    if (bucket === undefined) throw new Error(`The S3 path ${uri} is not valid`);
    return { bucket, key: key! };
  }
}

type Options = Record<string, (words: Words) => void>;

/** Reads options, in any order; each once. */
function readOptions(words: Words, options: Options): void {
  const seen = new Set<string>();
  while (!words.over) {
    const name = words.next().toLowerCase();
    const option = options[name];
    if (!option) throw new Error(`the rehearsal does not know the option ${name.toUpperCase()}`);
    if (seen.has(name)) throw new Error(`conflicting or redundant options: ${name.toUpperCase()}`);
    seen.add(name);
    option(words);
  }
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Options both statements have, and what they come to. */
function common() {
  const said: { role?: string; manifest: boolean } & Partial<Mutable<Format>> = { manifest: false };
  const options: Options = {
    iam_role: (words) => {
      said.role = words.takes('default') ? 'default' : words.text();
    },
    manifest: () => {
      said.manifest = true;
    },
    format: (words) => {
      words.takes('as');
      words.must('csv');
      said.csv = true;
    },
    csv: () => {
      said.csv = true;
    },
    delimiter: (words) => {
      said.delimiter = words.value();
    },
    null: (words) => {
      said.nullAs = words.raw();
    },
    escape: () => {
      said.escaped = true;
    },
  };
  const format = (): Format => {
    const { csv = false, escaped = false } = said;
    if (csv && escaped) throw new Error('ESCAPE is not supported with CSV');
    return {
      csv,
      escaped,
      delimiter: said.delimiter ?? (csv ? ',' : '|'),
      nullAs: said.nullAs,
    };
  };
  const role = () => {
    if (said.role === undefined) throw new Error('credentials are missing: give an IAM_ROLE');
    return said.role;
  };
  return { said, options, format, role };
}

function unload(words: Words): Unload {
  words.must('unload');
  words.must('(');
  const query = words.text();
  words.must(')');
  words.must('to');
  const to = words.place();
  const { said, options, format, role } = common();
  const own = { verbose: false, parallel: true };
  let existing: Unload['existing'] = 'refused';
  readOptions(words, {
    ...options,
    manifest: () => {
      said.manifest = true;
      own.verbose = words.takes('verbose');
    },
    parallel: () => {
      own.parallel = !(words.takes('off') || words.takes('false'));
      if (own.parallel) words.takes('on') || words.takes('true');
    },
    allowoverwrite: () => {
      existing = 'overwritten';
    },
    cleanpath: () => {
      existing = 'removed';
    },
  });
  const { manifest } = said;
  return { kind: 'unload', query, to, role: role(), format: format(), manifest, ...own, existing };
}

function copy(words: Words): Copy {
  words.must('copy');
  const table = words.next();
  let columns: string[] | undefined;
  if (words.takes('(')) {
    columns = [words.next()];
    while (words.takes(',')) columns.push(words.next());
    words.must(')');
  }
  words.must('from');
  const from = words.place();
  const { said, options, format, role } = common();
  const own = { anyTime: false, maxError: 0, noLoad: false };
  const flag = (name: string) => () => {
    if (!words.takes('off') && !words.takes('false')) {
      throw new Error(`the rehearsal knows ${name} OFF only`);
    }
  };
  readOptions(words, {
    ...options,
    timeformat: () => {
      const value = words.value();
      if (value !== 'auto') throw new Error("the rehearsal knows TIMEFORMAT 'auto' only");
      own.anyTime = true;
    },
    maxerror: () => {
      words.takes('as');
      own.maxError = Number(words.next());
      if (!(own.maxError >= 0 && own.maxError <= 100_000)) throw new Error('MAXERROR is not valid');
    },
    compupdate: flag('COMPUPDATE'),
    statupdate: flag('STATUPDATE'),
    noload: () => {
      own.noLoad = true;
    },
  });
  const { manifest } = said;
  return {
    kind: 'copy',
    table,
    columns,
    from,
    role: role(),
    format: format(),
    manifest,
    ...own,
  };
}
