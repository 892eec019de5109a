// What a program that only looks has said, for program.sh: an answer for each state of host.json and config.yml.
// Whatever the two do not decide, as faults do, is never kept.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

/** Beginnings of command lines that change nothing. */
const LOOKS =
  /^(tutor (--version$|config print|config patches |plugins list$|images printtag )|docker (ps|images|image inspect|inspect|version|info|compose version|buildx version)( |$)|python (-V$|-m pip (show|freeze))|kubectl (--namespace \S+ )?get )/;

const sumOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Folder of the state that is there now, as program.sh calls it; empty where it has none. */
function stateNow() {
  try {
    const { REHEARSED_SANDBOX: sandbox, TUTOR_ROOT: root } = process.env;
    return `${sumOf(join(sandbox, 'host.json'))}-${sumOf(join(root, 'config.yml'))}`;
  } catch {
    return '';
  }
}

/** Keeps what the stream is given. */
function heard(stream) {
  const parts = [];
  const write = stream.write.bind(stream);
  stream.write = (part, ...rest) => {
    parts.push(String(part));
    return write(part, ...rest);
  };
  return () => parts.join('');
}

/** Answers that were not asked for yet: words of the command line, and what it would say. */
const ahead = [];

/** What this program would say to other words, while nothing changes. */
const wouldSay = (words, said) => ahead.push([words, said]);

/** The end of an answer's name. */
const endOf = (words) => words.join('|').replaceAll('/', '!');

/** Keeps the answer to this call, if it is one that looks; @param call what `record` writes down of it */
function remember({ at: _, ...call }) {
  const { REHEARSED_ANSWER: answer = '' } = process.env;
  const line = [call.program, ...call.args].join(' ');
  const state = basename(dirname(answer));
  // The name of a file has 255 bytes, and at its end its kind or this process's number.
  if (basename(answer).length > 240 || !LOOKS.test(line) || state !== stateNow()) return;
  const [output, errors] = [heard(process.stdout), heard(process.stderr)];
  process.on('exit', (status) => {
    const said = output();
    // Another process has changed something meanwhile; and a shell gives back whole lines only.
    if (state !== stateNow() || !/(^|\n)$/.test(said)) return;
    mkdirSync(dirname(answer), { recursive: true });
    if (errors() !== '') keep(`${answer}.err`, errors());
    keep(answer, textOf(call, status, said));
    const begin = answer.slice(0, answer.length - endOf(call.args).length);
    for (const [args, text] of ahead)
      keep(`${begin}${endOf(args)}`, textOf({ ...call, args }, 0, `${text}\n`));
  });
}

const textOf = (call, status, said) => `${JSON.stringify(call).slice(0, -1)}\n${status}\n${said}`;

function keep(path, text) {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

module.exports = { remember, wouldSay };
