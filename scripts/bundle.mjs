// One esbuild call for every task: dist/lambdas/<task>/index.mjs, the folders CDK takes as assets.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const tasks = readdirSync('lambdas').filter((name) => existsSync(`lambdas/${name}/index.ts`));
rmSync('dist/lambdas', { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(
    tasks.map((task) => [`${task}/index`, `lambdas/${task}/index.ts`]),
  ),
  outdir: 'dist/lambdas',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  loader: { '.sql': 'text' },
  // Some CommonJS packages in the bundle ask for require(), which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
console.log(`bundled ${tasks.length} tasks`);
