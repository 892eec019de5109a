// What a target that was read from an account still lacks, each with what helps.

import { problemsOf } from '../../../lambdas/shared/inputs/problems';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import type { Hints, Members } from './draft';

/**
 * Problems of a target as sentences.
 *
 * @param runbook member the hints are about
 * @param servers its members that need a login
 */
export function blanksIn(
  target: Members,
  runbook: string,
  hints: Hints,
  servers: readonly string[] = [],
): string[] {
  const parsed = targetSchema.safeParse(target);
  const problems = parsed.success ? [] : problemsOf(parsed.error);
  const hinted = (at: string, problem: string, name = at) => {
    const hint = hints[name];
    return `${runbook}.${at}: ${problem}${hint === undefined ? '' : ` (${hint})`}`;
  };
  // The schema tells of a login only where all else is right.
  const logins = servers.filter((name) => {
    const { secretArn, user } = ((target[runbook] as Members)[name] ?? {}) as Members;
    return secretArn === undefined && user === undefined;
  });
  const told = problems.filter(
    (one) => !logins.some((name) => one.startsWith(`${runbook}.${name}: must have either`)),
  );
  return [
    ...told.map((one) => {
      const at = one.slice(0, one.indexOf(':'));
      const said = one.slice(at.length + 2);
      const problem = valueAt(target, at) === undefined ? 'is missing' : said;
      return at.startsWith(`${runbook}.`) ? hinted(at.slice(runbook.length + 1), problem) : one;
    }),
    ...logins.map((name) => hinted(`${name}.secretArn or user`, 'is missing', `${name}.login`)),
  ];
}

/** Value at a path such as `aspects.host.user`. */
const valueAt = (target: Members, path: string): unknown =>
  path.split('.').reduce<unknown>((node, name) => (node as Members | undefined)?.[name], target);
