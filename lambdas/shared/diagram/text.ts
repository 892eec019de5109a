// Text in a picture has no layout of its own: its width is estimated, and lines are broken here.

/** Size of letters in pixels. */
export const SIZES = { name: 13, label: 11, title: 20, comment: 13 } as const;

export type TextSize = keyof typeof SIZES;

/** Part of its size that a letter is wide on average; enough for Arial, Helvetica and wider fonts of screens. */
const LETTER = 0.57;

export const widthOf = (text: string, size: TextSize): number =>
  Math.ceil([...text].length * SIZES[size] * LETTER);

/** Breaks a text at blanks so that each line fits. */
export function linesOf(text: string, size: TextSize, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Text as it may stand in XML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
