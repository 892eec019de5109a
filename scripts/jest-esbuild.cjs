// Jest transform: the same compiler that bundles the tasks, so tests run what is shipped.
const { transformSync } = require('esbuild');
module.exports = {
  process(source, file) {
    const result = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: file,
      keepNames: true,
      supported: { 'dynamic-import': true },
    });
    return { code: result.code };
  },
};
