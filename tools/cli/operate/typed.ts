// Commands as they are printed for people to type: with the options their reader gave, so that they run as they are.

import type { OperateOptions } from './kit';

const NAMES = { stack: '--stack', profile: '--profile', endpointUrl: '--endpoint-url' } as const;

/** @param args what stands behind `runbooks`, an ARN rather than a run: it says region and account */
export function typed(options: OperateOptions, ...args: readonly string[]): string {
  const given = Object.entries(NAMES).flatMap(([member, option]) => {
    const value = options[member as keyof typeof NAMES];
    return value === undefined ? [] : [option, value];
  });
  return ['npx --no-install runbooks', ...[...args, ...given].map(quoted)].join(' ');
}

/** As one word of a shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
