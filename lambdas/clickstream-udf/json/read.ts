// Reads what Python 2.7's json.loads reads: JSON, plus NaN, Infinity and -Infinity, duplicates (the
// last wins), lone surrogates; no byte order mark, no control characters in strings.
// https://docs.python.org/2.7/library/json.html

import { type Json, type JsonObject, NumberText, notJson } from './model';

/** One level more and the original ends at Python's recursion limit of 1,000 frames. */
export const MOST_LEVELS = 989;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The value of a JSON text; throws {@link notJson} for anything else. */
export function readJson(text: string): Json {
  const reader = new Reader(text);
  reader.skipBlanks();
  const value = reader.value(1);
  reader.skipBlanks();
  if (reader.at < text.length) throw notJson;
  return value;
}

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  value(level: number): Json {
    switch (this.text.charCodeAt(this.at)) {
      case QUOTE:
        return this.string();
      case 0x7b: // {
        return this.object(level);
      case 0x5b: // [
        return this.list(level);
      case 0x74: // t
        return this.word('true', true);
      case 0x66: // f
        return this.word('false', false);
      case 0x6e: // n
        return this.word('null', null);
      case 0x4e: // N
        return this.word('NaN', new NumberText('NaN'));
      case 0x49: // I
        return this.word('Infinity', new NumberText('Infinity'));
      default:
        return this.number();
    }
  }

  private object(level: number): JsonObject {
    const members: JsonObject = new Map();
    this.enter(level);
    if (this.ends(0x7d)) return members;
    for (;;) {
      if (this.text.charCodeAt(this.at) !== QUOTE) throw notJson;
      const name = this.string();
      this.skipBlanks();
      if (this.text.charCodeAt(this.at) !== 0x3a) throw notJson;
      this.at++;
      this.skipBlanks();
      members.set(name, this.value(level + 1));
      this.skipBlanks();
      if (this.ends(0x7d)) return members;
      this.comma();
    }
  }

  private list(level: number): Json[] {
    const elements: Json[] = [];
    this.enter(level);
    if (this.ends(0x5d)) return elements;
    for (;;) {
      elements.push(this.value(level + 1));
      this.skipBlanks();
      if (this.ends(0x5d)) return elements;
      this.comma();
    }
  }

  private enter(level: number): void {
    if (level > MOST_LEVELS) throw notJson;
    this.at++;
    this.skipBlanks();
  }

  private ends(bracket: number): boolean {
    if (this.text.charCodeAt(this.at) !== bracket) return false;
    this.at++;
    return true;
  }

  private comma(): void {
    if (this.text.charCodeAt(this.at) !== 0x2c) throw notJson;
    this.at++;
    this.skipBlanks();
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw notJson;
    this.at += word.length;
    return value;
  }

  private number(): NumberText {
    if (this.text.startsWith('-Infinity', this.at)) {
      return this.word('-Infinity', new NumberText('-Infinity'));
    }
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) throw notJson;
    this.at = NUMBER.lastIndex;
    return new NumberText(found[0]);
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) return this.escapedString(start, at);
      if (code < 0x20) throw notJson;
    }
    throw notJson;
  }

  /** The rest of a string that has a backslash at `at`. */
  private escapedString(start: number, at: number): string {
    const { text } = this;
    let value = text.slice(start, at);
    let from = at;
    for (let next = at; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === QUOTE) {
        this.at = next + 1;
        return value + text.slice(from, next);
      }
      if (code < 0x20) throw notJson;
      if (code !== BACKSLASH) continue;
      value += text.slice(from, next);
      const letter = text[next + 1] ?? '';
      if (letter === 'u') {
        const hex = text.slice(next + 2, next + 6);
        if (!FOUR_HEX.test(hex)) throw notJson;
        value += String.fromCharCode(Number.parseInt(hex, 16));
        next += 5;
      } else {
        const character = ESCAPED[letter];
        if (character === undefined) throw notJson;
        value += character;
        next += 1;
      }
      from = next + 1;
    }
    throw notJson;
  }
}
