// A dbt project of one's own pins aspects-dbt: with an old pin init succeeds with old models, and every chart breaks.

import type { DbtVersion } from '../../../lambdas/shared/aspects/relations';
import type { Remark } from './texts';

/** Remarks on a `packages.yml`. */
export function pins(text: string, dbt: DbtVersion): Remark[] {
  const found = /aspects-dbt[^\n]*\n(?:[ \t]+[^\n]*\n)*?[ \t-]*revision:[ \t]*["']?([\w.-]+)/.exec(
    text,
  );
  if (!found || found[1] === dbt) return [];
  return [
    {
      at: found.index + found[0].lastIndexOf(found[1]!),
      name: 'aspects-dbt',
      why: `is pinned to ${found[1]}; the target's models are ${dbt}`,
    },
  ];
}
