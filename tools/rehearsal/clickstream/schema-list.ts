// The solution's ordered list of SQL elements that make an application's schema: `schema/` of a scenario,
// one element a file, in the order of their names. A file that begins with `--! each: a b` is an element
// for each word, which stands for `{{one}}` in it; `{{app}}` is the application.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mask, unmask } from '../warehouse/opaque';

const EACH = /^--! each: (.*)\n/;

/** All elements, unresolved. */
export function readSchemaList(scenarioDir: string): string[] {
  const folder = join(scenarioDir, 'schema');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return files.sort().flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const words = EACH.exec(text)?.[1]?.trim().split(/\s+/);
    if (!words) return [text];
    return words.map((word) => text.replace(EACH, '').replaceAll('{{one}}', word));
  });
}

/** The statements of an element; comments stay with the statement they stand before. */
export function statementsOf(text: string): string[] {
  const { text: masked, parts } = mask(text);
  return masked
    .split(';')
    .map((part) => unmask(part, parts).trim())
    .filter((part) => part.replace(/--[^\n]*/g, '').trim() !== '');
}

/** SQL that puts the list where a scenario's own SQL finds it: `scenario.schema_sql`. */
export function schemaTable(scenarioDir: string): string[] {
  const list = readSchemaList(scenarioDir).flatMap(statementsOf);
  if (list.length === 0) return [];
  const rows = list.map((body, i) => {
    const python = /\blanguage\s+plpythonu\b/i.test(body);
    return `(${i}, ${python}, '${body.replaceAll("'", "''")}')`;
  });
  return [
    `create schema scenario;
     create table scenario.schema_sql (position int primary key, python boolean, body text not null);
     insert into scenario.schema_sql values ${rows.join(',\n')};`,
  ];
}
