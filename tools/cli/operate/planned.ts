// The stacks of a cloud assembly that would be deployed: templates, and where they go.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { givenAssembly } from '../assembly';
import { UsageError } from '../errors';
import type { Template } from './deployment';

/** One of them. */
export interface PlannedStack {
  readonly name: string;
  readonly template: Template;
  /** Undefined where the app leaves it to the keys of who deploys. */
  readonly account: string | undefined;
  readonly region: string | undefined;
}

interface Artifact {
  readonly type: string;
  /** `aws://123456789012/us-east-1`, with `unknown-account` and `unknown-region` for what is left open. */
  readonly environment?: string;
  readonly properties?: { readonly templateFile: string; readonly stackName?: string };
}

/** All stacks of the assembly; only the one named when one is. @throws UsageError */
export function plannedStacks(assembly: string, named: string | undefined): PlannedStack[] {
  const folder = givenAssembly(assembly);
  const read = <T>(file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;
  const { artifacts } = read<{ artifacts: Record<string, Artifact> }>('manifest.json');
  const all = Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({ ...artifact, name: artifact.properties!.stackName ?? id }));
  const wanted = all.filter(({ name }) => named === undefined || name === named);
  if (wanted.length === 0) {
    const names = all.map(({ name }) => name).join(', ') || 'none';
    throw new UsageError(`${assembly} has no stack ${named ?? ''}; it has ${names}`);
  }
  return wanted.map(({ name, environment, properties }) => {
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
    const known = (part: string | undefined) => (part?.startsWith('unknown-') ? undefined : part);
    return {
      name,
      template: read<Template>(properties!.templateFile),
      account: known(account),
      region: known(region),
    };
  });
}
