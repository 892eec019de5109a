// Reads what Python 2.7's json.loads reads: JSON, plus NaN, Infinity and -Infinity, duplicates (the
// last wins), lone surrogates; no byte order mark, no control characters in strings.
// https://docs.python.org/2.7/library/json.html

import { readEscaped } from './escapes';
import { type Json, type JsonObject, NumberText, notJson } from './model';
import { type Quote, quoteAscii, quotePlain } from './write';

/** One level more and the original ends at Python's recursion limit of 1,000 frames. */
export const MOST_LEVELS = 989;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const NOT_PLAIN = /[^ -[\]-~]/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A value, and how the strings in it are written in ASCII. */
export interface Document {
  readonly value: Json;
  readonly quote: Quote;
}

/** What a JSON text holds; throws {@link notJson} for anything else. */
export function readJson(text: string): Document {
  return read(text, (reader) => reader.value(1));
}

/**
 * The members of all objects of a list as one object, the last of a name; {@link notJson} when an element
 * is no object. An object for each element would be made only to be thrown away.
 */
export function readJoined(text: string): Document {
  return read(text, (reader) => reader.joined());
}

function read(text: string, readValue: (reader: Reader) => Json): Document {
  // Most texts hold nothing to escape: then a string ends at the next quote and is written as it came.
  const plain = !NOT_PLAIN.test(text);
  const reader = new Reader(text, plain);
  reader.skipBlanks();
  const value = readValue(reader);
  reader.skipBlanks();
  if (reader.at < text.length) throw notJson;
  return { value, quote: plain ? quotePlain : quoteAscii };
}

class Reader {
  at = 0;

  constructor(
    private readonly text: string,
    private readonly plain: boolean,
  ) {}

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

  /** Also `{}` and `""`, which have no elements. */
  joined(): JsonObject {
    const members: JsonObject = new Map();
    if (this.text.charCodeAt(this.at) !== 0x5b) {
      const value = this.value(1);
      if (value === '' || (value instanceof Map && value.size === 0)) return members;
      throw notJson;
    }
    this.enter(1);
    if (this.ends(0x5d)) return members;
    for (;;) {
      if (this.text.charCodeAt(this.at) !== 0x7b) throw notJson;
      this.object(2, members);
      this.skipBlanks();
      if (this.ends(0x5d)) return members;
      this.comma();
    }
  }

  private object(level: number, members: JsonObject = new Map()): JsonObject {
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
    const start = this.at;
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.text)) throw notJson;
    this.at = NUMBER.lastIndex;
    return new NumberText(this.text.slice(start, this.at));
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    if (this.plain) {
      const end = text.indexOf('"', start);
      if (end < 0) throw notJson;
      this.at = end + 1;
      return text.slice(start, end);
    }
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) {
        const [value, end] = readEscaped(text, start, at);
        this.at = end;
        return value;
      }
      if (code < 0x20) throw notJson;
    }
    throw notJson;
  }
}
