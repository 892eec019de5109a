// The interpreter of Tutor's virtual environment, as far as `-V` and `-m pip`.

const { fault, read, record, sleep, update } = require('./host.cjs');

const PACKAGES = { 'tutor-contrib-aspects': 'plugin', tutor: 'tutor', 'tutor-mfe': 'mfe' };

async function pip(args) {
  const [command, ...rest] = args;
  const state = read();
  if (command === 'show') {
    const name = rest.find((word) => !word.startsWith('-'));
    const version = state[PACKAGES[name]];
    if (!version) {
      console.error(`WARNING: Package(s) not found: ${name}`);
      return 1;
    }
    console.log(`Name: ${name}\nVersion: ${version}\nSummary: ${name}`);
    return 0;
  }
  if (command === 'freeze') {
    for (const [name, key] of Object.entries(PACKAGES))
      if (state[key]) console.log(`${name}==${state[key]}`);
    return 0;
  }
  if (command !== 'install') return 1;
  const struck = await fault(`pip install ${rest.join(' ')}`);
  const pins = rest.filter((word) => !word.startsWith('-')).map((word) => word.split('=='));
  await sleep(struck?.seconds ?? 40);
  // The old interpreter or an old index: pip says so in passing and is content.
  if (struck?.kind === 'nothing') {
    console.log('Requirement already satisfied: tutor-contrib-aspects');
    return 0;
  }
  update((host) => {
    for (const [name, version] of pins) {
      const key = PACKAGES[name];
      // Without a pin pip takes the newest, and with it whatever Tutor that wants.
      if (key === 'plugin' && version === undefined) Object.assign(host, host.newest);
      else if (key && version && !version.endsWith('*')) host[key] = version;
      else if (key && version) host[key] = version.replace('*', '0.0');
    }
    const tutorHeld = pins.some(([name]) => name === 'tutor');
    if (!tutorHeld && host.plugin.startsWith('3.')) host.tutor = host.newest.tutor;
  });
  console.log(`Successfully installed ${pins.map((pin) => pin.join('-')).join(' ')}`);
  return 0;
}

(async () => {
  const args = process.argv.slice(2);
  record('python', args);
  if (args[0] === '-V') console.log('Python 3.11.9');
  process.exitCode = args[0] === '-m' && args[1] === 'pip' ? await pip(args.slice(2)) : 0;
})().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
