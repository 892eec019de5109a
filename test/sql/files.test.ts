import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { bodyOf, parametersOf } from '../../lambdas/shared/sql';
import { sqlText } from '../../lambdas/shared/sql-files';

const ROOT = path.join(__dirname, '../../sql');
const files = readdirSync(ROOT, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.sql'));

describe.each(files)('sql/%s', (file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');

  it('has the four header lines', () => {
    const names = [...text.matchAll(/^--! (\w+): \S.*$/gm)].map((match) => match[1]);
    expect(names).toEqual(['Purpose', 'Rerun', 'Needs', 'Parameters']);
  });

  it('says whether it is safe to run again', () => {
    expect(text).toMatch(/^--! Rerun: (safe|unsafe), /m);
  });

  it('names its parameters in the header, all and no other', () => {
    const header = /^--! Parameters: (.*)$/m.exec(text)![1]!;
    const named = header === 'none' ? [] : header.split(', ').map((name) => name.slice(1));
    expect(new Set(parametersOf(bodyOf(text)))).toEqual(new Set(named));
  });

  it('is one statement in lower case, without what only PostgreSQL has', () => {
    const body = bodyOf(text);
    expect(body).not.toContain(';');
    expect(body).not.toMatch(/\b(on conflict|returning|filter\s*\(|lateral|jsonb|array\[)/i);
    expect(body.replace(/'[^']*'/g, '').match(/\b(SELECT|FROM|WHERE|CALL|JOIN)\b/)).toBeNull();
  });

  it('has no marks but the three', () => {
    expect(text.replace(/\{\{(id|lit):\w+\}\}/g, '')).not.toMatch(/\{\{|\}\}|\$\{/);
  });

  it('is in the catalogue of the tasks', () => {
    expect(sqlText({ file: file.replace(/\.sql$/, '') })).toBe(text);
  });
});
