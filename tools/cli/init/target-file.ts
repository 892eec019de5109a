// A target's file that is there already: its other runbooks and settings stay, and of an earlier `rdw`
// stays what neither the files nor the command line say.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { UsageError } from '../errors';
import type { Members } from './draft';
import type { Draft } from './rdw-draft';
import type { TenantDraft } from './tenants';

/** What is in the file; nothing when there is none. */
export function readTargetFile(file: string): Members {
  if (!existsSync(file)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isMembers(value)) return value;
  } catch {
    // The parser's words quote the file.
  }
  throw new UsageError(`${file} is no JSON object; mend it or give another --out`);
}

export function writeTargetFile(file: string, target: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(target, null, 2)}\n`);
}

/** Account and region of a file that gets a runbook; those it has stay. @throws UsageError */
function shared(
  file: string,
  old: Members,
  runbook: string,
  draft: Pick<Draft, 'account' | 'region'>,
  force: boolean,
): Members {
  if (old[runbook] !== undefined && !force) {
    throw new UsageError(
      `${file} has a member ${runbook} already. With --force it is written anew: what is not found this time stays`,
    );
  }
  for (const name of ['account', 'region'] as const) {
    if (old[name] !== undefined && draft[name] !== undefined && old[name] !== draft[name]) {
      throw new UsageError(
        `${file} is of ${name} ${old[name]}, and the ${runbook} is in ${draft[name]}; give another --out`,
      );
    }
  }
  return { account: old.account ?? draft.account, region: old.region ?? draft.region };
}

/** Account and region of what was read, and the runbook's member. */
interface ReadDraft {
  readonly account: string;
  readonly region: string;
  readonly members: Members;
}

/** The whole file with the new `studentModuleHistory`: of another server than before nothing is kept. */
export function targetWithHistory(file: string, old: Members, draft: ReadDraft, force: boolean) {
  return targetWithMember(file, old, 'studentModuleHistory', draft, force, (was, now) => ({
    ...merged(was, now),
    source: sameServer(was.source, now.source),
    target: sameServer(was.target, now.target),
  }));
}

/** The whole file with the new `aspects`: of another host than before nothing is kept. */
export function targetWithAspects(file: string, old: Members, draft: ReadDraft, force: boolean) {
  return targetWithMember(file, old, 'aspects', draft, force, (was, now) => {
    const [a, b] = [was.host, now.host].map((host) => (isMembers(host) ? host.instanceId : host));
    if (a !== b) return now;
    const both = merged(was, now);
    const places = [was.clickhouse, now.clickhouse].map((one) =>
      isMembers(one) ? one.backupTo : undefined,
    );
    const backupTo = places[1] ?? places[0];
    const clickhouse = { ...(both.clickhouse as Members), ...withValue({ backupTo }) };
    return { ...both, clickhouse };
  });
}

function targetWithMember(
  file: string,
  old: Members,
  runbook: string,
  { account, region, members: now }: ReadDraft,
  force: boolean,
  join: (was: Members, now: Members) => Members,
): Members {
  const both = shared(file, old, runbook, { account, region }, force);
  const { account: _, region: __, [runbook]: was, ...others } = old;
  return { ...both, ...others, [runbook]: isMembers(was) ? join(was, now) : now };
}

/** Logins, databases and the like of a server that is still the same. */
const sameServer = (was: unknown, now: unknown): unknown =>
  isMembers(was) && isMembers(now) && now.host !== undefined && was.host !== now.host
    ? now
    : signIn(was, now);

/** The whole file with a `clickstream` that was read from an account. */
export function targetWith(
  file: string,
  old: Members,
  draft: Pick<Draft, 'account' | 'region'> & { readonly clickstream: Members },
  force: boolean,
): Members {
  const both = shared(file, old, 'clickstream', draft, force);
  const { account: _, region: __, clickstream: was, ...others } = old;
  const { clickstream: now } = draft;
  if (!isMembers(was)) return { ...both, ...others, clickstream: now };
  const warehouse = sameKind(was.warehouse, now.warehouse);
  return { ...both, ...others, clickstream: { ...merged(was, now), warehouse } };
}

/** The whole file with the new `rdw`. */
export function mergedTarget(
  file: string,
  old: Members,
  draft: Draft,
  { force, hidden }: { readonly force: boolean; readonly hidden: ReadonlyMap<string, string> },
) {
  const both = shared(file, old, 'rdw', draft, force);
  const { account: _, region: __, rdw: was, ...others } = old;
  return { ...both, ...others, rdw: isMembers(was) ? kept(was, draft, hidden) : draft.rdw };
}

/** Tenants of an earlier `rdw`. */
export const tenantsIn = ({ rdw }: Members): readonly TenantDraft[] =>
  isMembers(rdw) && Array.isArray(rdw.tenants) ? rdw.tenants : [];

function kept(
  was: Members,
  { rdw: now, guessed }: Draft,
  hidden: ReadonlyMap<string, string>,
): Draft['rdw'] {
  const before = tenantsIn({ rdw: was });
  const tenants = now.tenants.map((tenant) => {
    const { bucket, pathPrefix, ...old } = before.find(({ id }) => id === tenant.id) ?? tenant;
    const place = hidden.has(tenant.id) ? withValue({ bucket, pathPrefix }) : {};
    const schema = guessed.has(tenant.id)
      ? withValue({ reportingSchema: old.reportingSchema })
      : {};
    return { ...old, ...place, ...withValue({ ...tenant }), ...schema } as TenantDraft;
  });
  return {
    ...merged(was, now),
    source: signIn(was.source, now.source),
    warehouse: sameKind(was.warehouse, now.warehouse),
    tenants,
  };
}

/** A user or a secret: a new one takes the place of the other. */
function signIn(was: unknown, now: unknown): unknown {
  if (!isMembers(was) || !isMembers(now)) return now ?? was;
  const { secretArn, user, ...rest } = was;
  const says = now.secretArn !== undefined || now.user !== undefined;
  return { ...rest, ...(says ? {} : withValue({ secretArn, user })), ...now };
}

/** Of a cluster nothing is kept for a workgroup. */
const sameKind = (was: unknown, now: unknown): unknown =>
  isMembers(was) && isMembers(now) && (now.type === undefined || was.type === now.type)
    ? merged(was, now)
    : (now ?? was);

function merged(was: Members, now: Members): Members {
  const both = Object.entries(now).map(([name, value]) => {
    const old = was[name];
    return [name, isMembers(old) && isMembers(value) ? merged(old, value) : value];
  });
  return { ...was, ...Object.fromEntries(both) };
}

const withValue = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
