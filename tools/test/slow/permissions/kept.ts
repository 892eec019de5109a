// The list of rights that no rehearsal has to prove, each with its reason and where that is written.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { like } from '../../../rehearsal/iam/policy';
import type { Right } from './rights';

/** Why a right stands in the list. */
export const REASONS = ['only AWS itself uses it', 'deny', 'kept for retired tasks'];

/** An entry of `kept.json`. */
export interface Kept {
  /** Construct paths of policies; `*` stands for any text. */
  readonly holder: string;
  readonly actions: readonly string[];
  readonly because: string;
  readonly reason: string;
  readonly source: string;
}

export const KEPT = JSON.parse(
  readFileSync(path.join(__dirname, 'kept.json'), 'utf8'),
) as readonly Kept[];

/** Whether an entry speaks of a right. */
export const keeps =
  ({ holder, because, actions }: Kept) =>
  (right: Right): boolean =>
    like(holder, right.holder) &&
    actions.includes(right.action) &&
    (right.effect === 'Deny') === (because === 'deny');
