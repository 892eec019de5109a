// SQL of a version in full: a file that begins with `-- based on X` says what differs from X. Sections `-- model:`
// take the place of those of the same name, others come behind; `-- gone: a, b` are left out before.

const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const SECTION = /^(?=-- model: )/m;
const nameOf = (section) => /^-- model: (\S+)/.exec(section)?.[1];

/** Sections of a file with its head; the head has no name. */
const partsOf = (text) => text.split(SECTION).map((part) => [nameOf(part), part.trim()]);

/** What a version's file means; empty where there is none. */
function versionText(file) {
  if (!existsSync(file)) return '';
  const text = readFileSync(file, 'utf8');
  const [, base] = /^-- based on (\S+)$/m.exec(text) ?? [];
  if (base === undefined) return text;
  const [, gone = ''] = /^-- gone: (.*)$/m.exec(text) ?? [];
  const left = gone.split(', ');
  const [head, ...own] = partsOf(text);
  const [, ...before] = partsOf(versionText(join(dirname(file), `${base}.sql`)));
  const parts = new Map(before.filter(([name]) => !left.includes(name)));
  for (const [name, part] of own) parts.set(name, part);
  return `${[head[1], ...parts.values()].join('\n\n')}\n`;
}

module.exports = { nameOf, SECTION, versionText };
