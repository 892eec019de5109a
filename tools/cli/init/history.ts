// `runbooks init student-module-history`: a target's member `studentModuleHistory` from what RDS, EC2 and Secrets
// Manager say of an account's servers. Four kinds of calls, all reading, none of which tells a secret:
// docs/policies/init-student-module-history.json has them.

import { RefusedError, UsageError } from '../errors';
import { type Kit, operate } from '../operate/kit';
import type { InitHistoryOptions } from '../options';
import { blanksIn } from './blanks';
import { type Database, readDatabases } from './databases';
import { fileOf, finish, nameProblems } from './ending';
import { historyDraft } from './history-draft';
import { readSecrets } from './secrets';
import { readGroups } from './security-groups';
import { readTargetFile, targetWithHistory } from './target-file';

/** Runs the command: 0 when the file is complete, 2 when something is missing in it. */
export function initHistory(options: InitHistoryOptions, signal: AbortSignal): Promise<number> {
  const { secretArn, user, newSecretArn, newUser } = options;
  const problems = [
    ...nameProblems(options.target),
    ...(secretArn !== undefined && user !== undefined
      ? ['give --secret-arn or --user, not both']
      : []),
    ...(newSecretArn !== undefined && newUser !== undefined
      ? ['give --new-secret-arn or --new-user, not both']
      : []),
  ];
  const use = { command: 'init student-module-history', problems };
  return operate(use, options, signal, (kit) => init(kit, options));
}

async function init(kit: Kit, options: InitHistoryOptions) {
  const { aws } = kit;
  const out = fileOf(options);
  const old = readTargetFile(out);
  const all = await readDatabases(aws);
  const { source, target } = serversOf(all, options);
  const both = [source, ...(target ? [target] : [])];
  const [groups, secrets] = await Promise.all([
    readGroups(
      aws,
      both.flatMap(({ securityGroupIds }) => securityGroupIds),
    ),
    readSecrets(aws),
  ]);
  const draft = historyDraft({ source, target, all, groups, secrets }, options);
  const file = targetWithHistory(out, old, draft, options.force);
  const blanks = blanksIn(file, 'studentModuleHistory', draft.hints, ['source', 'target']);
  const missing = [...draft.findings, ...blanks];
  const what = `${source.id} to ${target?.id ?? 'a server that is not chosen yet'} in ${draft.region}`;
  return finish(kit, {
    ...{ out, name: options.target, target: file, what, missing },
    notes: draft.notes,
  });
}

/** The old and the new server: as they were named, or the only one there is. */
export function serversOf(
  all: readonly Database[],
  { db, newDb }: Pick<InitHistoryOptions, 'db' | 'newDb'>,
): { readonly source: Database; readonly target?: Database } {
  const writers = all.filter(({ replicaOf }) => replicaOf === undefined);
  if (writers.length === 0) {
    throw new RefusedError('RDS has no MySQL server in this region: give the --region it is in');
  }
  if (db === undefined && writers.length > 1) {
    throw new UsageError(
      `say with --db which server has the history today: ${writers.map(described).join(', ')}`,
    );
  }
  const source = db === undefined ? writers[0]! : named(all, db, '--db');
  const only = writers.length === 1 ? writers[0] : undefined;
  return { source, target: newDb === undefined ? only : named(all, newDb, '--new-db') };
}

/** By its own identifier, or by that of an instance of the cluster. */
function named(all: readonly Database[], id: string, option: string): Database {
  const wanted = id.toLowerCase();
  const found = all.find((one) => [one.id, ...one.members].includes(wanted));
  if (!found) {
    throw new RefusedError(
      `${option} ${id} is no MySQL server of RDS in this region; there: ${all.map(described).join(', ') || 'none'}`,
    );
  }
  if (found.replicaOf === undefined) return found;
  throw new RefusedError(`${option} ${id} is a replica of ${found.replicaOf}: name the writer`);
}

const described = ({ id, engine }: Database): string => `${id} (${engine})`;
