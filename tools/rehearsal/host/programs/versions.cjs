// SQL of a version in full: a file that begins with `-- based on X` says what differs from X. Sections `-- model:`
// take the place of those of the same name, others come behind; `-- gone: a, b` are left out before. A model with
// `(mv)` is a table and a materialized view that goes on filling it by the same select, as dbt makes them.

const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const SECTION = /^(?=-- model: )/m;
const nameOf = (section) => /^-- model: (\S+)/.exec(section)?.[1];

/** Sections of a file with its head; the head has no name. */
const partsOf = (text) => text.split(SECTION).map((part) => [nameOf(part), part.trim()]);

/** A model with the view that fills it. */
function withView(section) {
  const [, name] = /^-- model: (\S+) \(mv\)/.exec(section) ?? [];
  if (!name) return section;
  const [head, ...table] = section.trimEnd().split('\n');
  const [, select] = /^as\s+(select[\s\S]*;)$/m.exec(table.join('\n'));
  return [
    head,
    `drop view if exists ${name}_mv;`,
    ...table,
    `create materialized view ${name}_mv to ${name} as ${select}\n\n`,
  ].join('\n');
}

/** What a version's file means; empty where there is none. */
const versionText = (file) => whole(file).split(SECTION).map(withView).join('');

function whole(file) {
  if (!existsSync(file)) return '';
  const text = readFileSync(file, 'utf8');
  const [, base] = /^-- based on (\S+)$/m.exec(text) ?? [];
  if (base === undefined) return text;
  const [, gone = ''] = /^-- gone: (.*)$/m.exec(text) ?? [];
  const left = gone.split(', ');
  const [head, ...own] = partsOf(text);
  const [, ...before] = partsOf(whole(join(dirname(file), `${base}.sql`)));
  const parts = new Map(before.filter(([name]) => !left.includes(name)));
  for (const [name, part] of own) parts.set(name, part);
  return `${[head[1], ...parts.values()].join('\n\n')}\n`;
}

module.exports = { nameOf, SECTION, versionText };
