// The `cdk.json` beside `config/`: the app of the package, with the context flags it is tested with. One that is
// there stays as it is.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { ROOT } from '../assembly';

const APP = 'npx upgrade-runbooks';

/** What became of it. */
interface AppFile {
  readonly file: string;
  readonly wrote: boolean;
  readonly notes: readonly string[];
}

/** @param target file of a target, `config/<name>.json` */
export function writeApp(target: string): AppFile {
  const config = path.dirname(path.resolve(target));
  const file = path.join(
    path.basename(config) === 'config' ? path.dirname(config) : config,
    'cdk.json',
  );
  const named = path.relative(process.cwd(), file) || file;
  if (existsSync(file)) return { file: named, wrote: false, notes: [] };
  const own = packagesApp(path.dirname(file));
  if (own === undefined) {
    const note = `no ${named} was written: install the package upgrade-runbooks there, it has the flags`;
    return { file: named, wrote: false, notes: [note] };
  }
  const { context } = JSON.parse(readFileSync(own, 'utf8')) as { context: object };
  writeFileSync(
    file,
    `${JSON.stringify({ app: APP, versionReporting: false, context }, null, 2)}\n`,
  );
  return { file: named, wrote: true, notes: [] };
}

/** `cdk.json` of the package: in its checkout, or where it is installed. */
function packagesApp(folder: string): string | undefined {
  const checkout = path.join(ROOT, 'cdk.json');
  if (existsSync(checkout)) return checkout;
  try {
    const from = createRequire(path.join(folder, 'package.json'));
    return path.join(path.dirname(from.resolve('upgrade-runbooks/package.json')), 'cdk.json');
  } catch {
    return undefined;
  }
}
