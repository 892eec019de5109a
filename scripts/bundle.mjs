// One esbuild call for every task: dist/lambdas/<task>/index.mjs, the folders CDK takes as assets.
// A bundle is put in place by renaming, so that a synth beside it never meets half a file.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist/lambdas';
const tasks = readdirSync('lambdas').filter((name) => existsSync(`lambdas/${name}/index.ts`));
const { outputFiles } = await build({
  entryPoints: Object.fromEntries(
    tasks.map((task) => [`${task}/index`, `lambdas/${task}/index.ts`]),
  ),
  outdir: OUT,
  write: false,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  loader: { '.sql': 'text', '.sh': 'text' },
  // Some CommonJS packages in the bundle ask for require(), which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
for (const { path, contents } of outputFiles) {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  // Beside the folder, not in it: the folder is an asset.
  const aside = `${folder}.${process.pid}.tmp`;
  writeFileSync(aside, contents);
  renameSync(aside, path);
}
for (const name of readdirSync(OUT)) {
  if (!tasks.includes(basename(name)) && !name.endsWith('.tmp'))
    rmSync(`${OUT}/${name}`, { recursive: true });
}
console.log(`bundled ${tasks.length} tasks`);
