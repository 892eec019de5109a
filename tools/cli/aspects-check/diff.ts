// A unified diff of texts with the same number of lines: names are replaced within lines.

const CONTEXT = 3;

/** The diff of one file; empty when nothing changed. */
export function diffOf(file: string, before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const changed = old.flatMap((line, i) => (line === now[i] ? [] : [i]));
  if (changed.length === 0) return '';
  const hunks: [number, number][] = [];
  for (const at of changed) {
    const last = hunks.at(-1);
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(old.length - 1, at + CONTEXT)];
    if (last && from <= last[1] + 1) last[1] = to;
    else hunks.push([from, to]);
  }
  const body = hunks.flatMap(([from, to]) => [
    `@@ -${from + 1},${to - from + 1} +${from + 1},${to - from + 1} @@`,
    ...linesOf(old, now, from, to),
  ]);
  return [`--- ${file}`, `+++ ${file}`, ...body, ''].join('\n');
}

/** Lines that changed stand together, as other tools write them. */
function linesOf(
  old: readonly string[],
  now: readonly string[],
  from: number,
  to: number,
): string[] {
  const lines: string[] = [];
  for (let i = from; i <= to; i++) {
    if (old[i] === now[i]) {
      lines.push(` ${old[i]}`);
      continue;
    }
    const start = i;
    while (i < to && old[i + 1] !== now[i + 1]) i++;
    lines.push(...old.slice(start, i + 1).map((line) => `-${line}`));
    lines.push(...now.slice(start, i + 1).map((line) => `+${line}`));
  }
  return lines;
}
