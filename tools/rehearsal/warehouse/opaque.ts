// Parts of SQL text in which nothing is code.

/** Comments, strings, quoted names and dollar-quoted bodies. */
const OPAQUE = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$/g;
/** Stands for a part that was taken out. */
export const MASKED = /\ue000(\d+)\ue000/g;

/** Takes out what is opaque, so that rules do not see it. */
export function mask(sql: string): { text: string; parts: string[] } {
  const parts: string[] = [];
  const text = sql.replace(OPAQUE, (part) => `\ue000${parts.push(part) - 1}\ue000`);
  return { text, parts };
}

/** Puts it back. */
export const unmask = (text: string, parts: readonly string[]): string =>
  text.replace(MASKED, (_, index: string) => parts[Number(index)]!);
