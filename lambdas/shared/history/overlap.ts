// What is said where ids of the two tables collide, or could.

import type { OffsetVerdict } from './assess';

/** Says what collides and what may be done; undefined: nothing does. */
export function overlapFinding(
  verdict: OffsetVerdict,
  source: string,
  target: string,
): string | undefined {
  if (verdict.kind === 'overlap') {
    const { from, to } = verdict;
    return (
      `${target} has rows with ids from ${from} to ${to} that no copy has written, and ids up to there belong to rows of ${source}: ` +
      'copying would lose one of each pair, so nothing is copied (this is the policy "abort"; rows of the old table are never given other ids). ' +
      `Allowed is an empty table, or one whose smallest id is above the largest of ${source}. If the rows are a copy made by hand, ` +
      'delete them; if the application wrote them, give them ids above the largest old one, to which nothing else refers, and set AUTO_INCREMENT above those'
    );
  }
  if (verdict.kind === 'passed') {
    const { cut, max } = verdict;
    return (
      `${source} has come to id ${max}, and live rows of ${target} begin at ${cut}: somebody still writes to the old table (old workers, mostly), ` +
      `and its rows from ${cut} on cannot be copied under their ids. Stop who writes there, and move the rows of ${source} with ids from ${cut} on by hand, ` +
      'under new ids, before you delete them there'
    );
  }
  return undefined;
}
