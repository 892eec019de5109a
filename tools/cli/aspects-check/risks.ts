// What a rewritten name may break although it is right: columns that differ, and statements that rely on their number
// or order.

import type { Edit, Remark } from './texts';

/** Remarks on a text whose names were replaced. */
export function risksOf(text: string, edits: readonly Edit[]): Remark[] {
  return edits.flatMap(({ start, end, old, fate }) => {
    const name = `${fate.to!.database}.${fate.to!.name}`;
    const before = text.slice(Math.max(0, start - 200), start);
    const after = text.slice(end, end + 40);
    const found: string[] = [];
    if (fate.columns) found.push(`columns differ: ${fate.columns}`);
    if (/\bselect\s+(?:\w+\.)?\*\s+from\s+[`"\\]*$/i.test(before)) {
      found.push('select * takes whatever columns it has');
    }
    if (
      /\binsert\s+into\s+(?:table\s+)?[`"\\]*$/i.test(before) &&
      !/^[`"\\]*\s*\(\s*(?!select\b)/i.test(after)
    ) {
      found.push('an insert without columns goes by their order');
    }
    return found.map((why) => ({ at: start, name: `${old} -> ${name}`, why }));
  });
}
