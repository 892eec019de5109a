// What figures of a pair mean, by the class of its row.

import type { RenameRow } from '../shared/aspects/relations';
import type { Comparison, Figures } from './compare';

/** What the ledger and people read. */
export interface Verdict {
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
  /** Why somebody should look although it is allowed. */
  readonly warning?: string;
}

/** Upstream's own comparison of 1.x and 2.0 was within 1 %. In parts of a thousand. */
const TOLERATED = 20n;

export function judge({ class: kind }: RenameRow, comparison: Comparison): Verdict {
  if ('problem' in comparison) {
    return { expected: 'two relations to compare', actual: comparison.problem, ok: false };
  }
  if ('readable' in comparison) {
    return { expected: 'a view that can be read', actual: 'it can be read', ok: true };
  }
  const { figures } = comparison;
  if (kind === 'A') return equal(figures);
  return kind === 'C' ? notEmpty(figures) : within(figures);
}

/** Sources have no TTL: keys are the same. */
function equal({ old, new: now, missing, more }: Figures): Verdict {
  return {
    expected: `${old} keys, the same`,
    actual: `${now} keys, ${missing} missing, ${more} more`,
    ok: missing === 0n && more === 0n,
  };
}

/** Computed again from events that expire: keys that are young enough must be there, up to 2 %. */
function within({ old, new: now, expected, missing, more }: Figures): Verdict {
  const off = missing > more ? missing : more;
  const lost = old - expected;
  return {
    expected: `${expected} that have not expired, at most 2 % missing or more (of ${old} in all)`,
    actual: `${now}, ${missing} missing, ${more} more`,
    ok: off * 1000n <= expected * TOLERATED,
    ...((off > 0n || lost > 0n) && {
      warning: `${missing} of ${expected} missing, ${more} more; ${lost > 0n ? lost : 0n} older than the events`,
    }),
  };
}

/** The meaning changed: only that there is something where there was something. */
function notEmpty({ old, new: now, expected, missing }: Figures): Verdict {
  return {
    expected: expected > 0n ? 'some, because there were some that have not expired' : 'any number',
    actual: `${now} (before ${old})`,
    ok: expected === 0n || now > 0n,
    ...(missing > 0n && {
      warning: `${missing} of ${expected} are not there; its meaning has changed, so that they need not be`,
    }),
  };
}
