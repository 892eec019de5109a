// Elements. Text goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

const shown = new Map();

/** Whether this is something else than what was shown under that name; it is remembered. */
export function isNew(name, value) {
  const text = JSON.stringify(value);
  if (shown.get(name) === text) return false;
  shown.set(name, text);
  return true;
}

/** Fills `id` with a table, and shows its section only when there are rows. Columns with a `#` hold numbers. */
export function showTable(id, caption, head, rows) {
  if (!isNew(id, rows)) return;
  const section = byId(`${id}-part`);
  if (section) section.hidden = rows.length === 0;
  byId(id).replaceChildren(...(rows.length > 0 ? [tableOf(caption, head, rows)] : []));
}

export function tableOf(caption, head, rows) {
  const kinds = head.map((name) => {
    if (name.startsWith('#')) return 'n';
    return name.endsWith('(UTC)') ? 't' : undefined;
  });
  const cell = (value, i) => el('td', { class: kinds[i] }, value ?? '');
  return el(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', {}, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...head.map((name, i) =>
            el('th', { scope: 'col', class: kinds[i] }, name.replace('#', '')),
          ),
        ),
      ),
      el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map(cell)))),
    ),
  );
}
