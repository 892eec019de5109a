// Tutor with the Aspects plugin, as far as an upgrade calls it: it behaves as contract and experiments say,
// also where that is a lie. Images and containers stand beside, in platform.cjs, jobs of `do` in jobs.cjs.

const { randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { read, record } = require('./host.cjs');
const { wouldSay } = require('./memory.cjs');
const { images, platform } = require('./platform.cjs');
const { SECRETS, settingsOf } = require('./settings.cjs');

class Failure extends Error {}
const fail = (message) => {
  throw new Failure(message);
};

const args = process.argv.slice(2);
const root = process.env.TUTOR_ROOT ?? join(process.env.HOME ?? '/root', '.local/share/tutor');
const settings = () => settingsOf(root, read());
const versionLine = () => `tutor, version ${read().tutor}`;
const aspectsHere = () => 'ASPECTS_VERSION' in settings();

/** Writes the environment; without a config.yml it makes a new project, with passwords of its own. */
function save() {
  const path = join(root, 'config.yml');
  mkdirSync(root, { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : 'PLUGINS: []\n';
  const missing = ['MYSQL_ROOT_PASSWORD', ...(aspectsHere() ? SECRETS : [])].filter(
    (name) => !new RegExp(`^${name}:`, 'm').test(text),
  );
  const added = missing.map((name) => `${name}: ${randomBytes(9).toString('hex')}\n`).join('');
  writeFileSync(path, text + added);
  mkdirSync(join(root, 'env'), { recursive: true });
  writeFileSync(join(root, 'env/version'), read().tutor);
  if (aspectsHere()) {
    const assets = join(root, 'env/plugins/aspects/build/aspects-superset/openedx-assets/assets');
    mkdirSync(assets, { recursive: true });
    writeFileSync(join(assets, `dashboards-${read().plugin}.yaml`), '');
  }
  console.log(`Configuration saved to ${path}`);
  console.log(`Environment generated in ${join(root, 'env')}`);
}

async function main([first, second, ...rest]) {
  if (first === '--version') return console.log(versionLine());
  if (first === 'config' && second === 'printroot') return console.log(root);
  if (first === 'config' && second === 'save') return save();
  if (first === 'config' && second === 'patches') return console.log(read().patches.join('\n'));
  if (first === 'config' && second === 'printvalue') {
    // A script asks for one after the other.
    const shown = Object.entries(settings()).map(([name, value]) => [
      name,
      [value].flat().join(','),
    ]);
    if (process.env.REHEARSED_USER !== undefined) {
      for (const [name, text] of shown) wouldSay([first, second, name], text);
      wouldSay([first, 'printroot'], root);
      wouldSay(['--version'], versionLine());
    }
    const [, text] =
      shown.find(([name]) => name === rest[0]) ?? fail(`Missing configuration value: ${rest[0]}`);
    return console.log(text);
  }
  if (first === 'plugins') {
    const enabled = [settings().PLUGINS ?? []].flat();
    console.log('NAME      STATUS      VERSION');
    for (const name of ['aspects', 'mfe']) {
      const version = name === 'aspects' ? read().plugin : read().mfe;
      console.log(`${name}\t${enabled.includes(name) ? '✅ enabled' : 'installed'}\t${version}`);
    }
    return undefined;
  }
  const place = { mode: first, root, settings: settings(), aspects: aspectsHere(), fail };
  if (first === 'images') return await images(place, [second, ...rest]);
  if (['local', 'dev', 'k8s'].includes(first)) return await platform(place, [second, ...rest]);
  return fail(`No such command '${first}'.`);
}

record('tutor', args);
if (process.env.REHEARSED_USER === undefined)
  console.error('You are running Tutor as root. This is strongly not recommended.');
main(args).catch((error) => {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
});
