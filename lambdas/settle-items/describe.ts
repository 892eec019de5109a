// The error that names all items that are not done. Step Functions keeps 32,768 characters of a cause,
// and what is escaped in it counts twice.

/** Items that are named with their cause; the others by their key only. */
export const WITH_CAUSE = 20;

const LONGEST_CAUSE = 500;
const LONGEST = 15_500;

/** @param causeOf why an item is not done; undefined when nothing tells */
export function describe(
  left: readonly string[],
  all: number,
  causeOf: (key: string) => string | undefined,
): string {
  const lines = left.slice(0, WITH_CAUSE).map((key) => {
    const cause = causeOf(key) ?? 'its execution left no cause';
    return `${key}: ${cause.slice(0, LONGEST_CAUSE)}`;
  });
  const text =
    `${left.length} of ${all} items are not done; a redrive starts only these. ` +
    lines.join(' | ').slice(0, LONGEST - 1_000);
  const others = left.slice(WITH_CAUSE);
  if (others.length === 0) return text;
  const named: string[] = [];
  let room = LONGEST - text.length;
  for (const key of others) {
    room -= key.length + 2;
    if (room < 0) break;
    named.push(key);
  }
  const rest = others.length - named.length;
  return `${text} | and: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
