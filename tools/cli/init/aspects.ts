// `runbooks init aspects`: a target's member `aspects` from the instance with Tutor. Four kinds of calls, all
// reading, none of which tells a secret or runs anything on the host: docs/policies/init-aspects.json has them.

import { type Kit, operate } from '../operate/kit';
import type { InitAspectsOptions } from '../options';
import { aspectsDraft } from './aspects-draft';
import { readHost } from './aspects-host';
import { blanksIn } from './blanks';
import { fileOf, finish, nameProblems } from './ending';
import { readSecrets } from './secrets';
import { ec2, readGroups } from './security-groups';
import { readTargetFile, targetWithAspects } from './target-file';

/** An instance of EC2: of a node of a hybrid activation EC2 knows nothing. */
const INSTANCE = /^i-[0-9a-f]{8,17}$/;

/** Runs the command: 0 when the file is complete, 2 when something is missing in it. */
export function initAspects(options: InitAspectsOptions, signal: AbortSignal): Promise<number> {
  const { instance, name, backupDisk, backupBucket } = options;
  const problems = [
    ...nameProblems(options.target),
    ...(instance !== undefined && !INSTANCE.test(instance)
      ? ['--instance must be the id of an instance of EC2, such as i-0a1b2c3d']
      : []),
    ...(instance !== undefined && name !== undefined
      ? ['give --instance or --name, not both']
      : []),
    ...(backupDisk !== undefined && backupBucket !== undefined
      ? ['give --backup-disk or --backup-bucket, not both']
      : []),
  ];
  return operate({ command: 'init aspects', problems }, options, signal, (kit) =>
    init(kit, options),
  );
}

async function init(kit: Kit, options: InitAspectsOptions) {
  const { aws } = kit;
  const out = fileOf(options);
  const old = readTargetFile(out);
  const host = await readHost(aws, options);
  const region = await ec2(aws).config.region();
  const groups = await readGroups(aws, host.securityGroupIds);
  const secrets = await readSecrets(aws);
  const draft = aspectsDraft({ host, region, groups, secrets }, options);
  const target = targetWithAspects(out, old, draft, options.force);
  const missing = [...draft.findings, ...blanksIn(target, 'aspects', draft.hints)];
  const named = host.name === undefined ? '' : ` (${host.name})`;
  const what = `instance ${host.id}${named} in ${region}`;
  const { notes } = draft;
  return finish(kit, { out, name: options.target, target, what, missing, notes });
}
