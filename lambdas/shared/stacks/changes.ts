// Reading a change set: what of it a person must know before approving, and a fingerprint of it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html

import { createHash } from 'node:crypto';
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { StackUpdatePlan } from './plan';
import { isStateful } from './stateful-types';

/** A change that takes data with it, or may. */
export interface RiskyChange {
  readonly resource: string;
  readonly type: string;
  /** e.g. `is replaced`, `may be replaced`. */
  readonly what: string;
}

/** A change set in a few numbers. */
export interface ChangeSummary {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Whose outcome CloudFormation learns only while it works. */
  readonly open: number;
  readonly nestedStacks: number;
  readonly risky: readonly RiskyChange[];
}

/** What becomes of the resource, or undefined when it stays what it is. */
function fate(change: ResourceChange): string | undefined {
  const kept = change.PolicyAction?.match(/Retain|Snapshot/) ? ' (its policy keeps the data)' : '';
  if (change.Action === 'Remove') return `is removed${kept}`;
  if (change.Action === 'Dynamic') return 'may be replaced or removed';
  if (change.Action === 'Modify' && change.Replacement !== 'False') {
    return `${change.Replacement === 'True' ? 'is' : 'may be'} replaced${kept}`;
  }
  if (/^(Delete|ReplaceAnd)/.test(change.PolicyAction ?? ''))
    return `is given the policy ${change.PolicyAction}`;
  return undefined;
}

/** Counts the changes and names those that touch data. */
export function summarise(changes: readonly ResourceChange[]): ChangeSummary {
  const count = (test: (change: ResourceChange) => boolean) => changes.filter(test).length;
  return {
    added: count(({ Action }) => Action === 'Add' || Action === 'Import'),
    modified: count(({ Action }) => Action === 'Modify' || Action === 'SyncWithActual'),
    removed: count(({ Action }) => Action === 'Remove'),
    open: count(({ Action, Replacement }) => Action === 'Dynamic' || Replacement === 'Conditional'),
    nestedStacks: count(({ ResourceType }) => ResourceType === 'AWS::CloudFormation::Stack'),
    risky: changes.flatMap((change) => {
      const what = fate(change);
      const type = change.ResourceType ?? 'unknown type';
      const nested = type === 'AWS::CloudFormation::Stack';
      return what && (nested || isStateful(type))
        ? [{ resource: change.LogicalResourceId ?? '?', type, what }]
        : [];
    }),
  };
}

/**
 * Fingerprint of what is approved: plan and changes, not the name of the change set, so that an
 * approval outlives a rebuilt change set of the same content.
 */
export function hashOf(plan: StackUpdatePlan, changes: readonly ResourceChange[]): string {
  const lines = changes.map((c) =>
    JSON.stringify([
      c.LogicalResourceId,
      c.ResourceType,
      c.Action,
      c.Replacement,
      c.PolicyAction,
      [...(c.Scope ?? [])].sort(),
      (c.Details ?? [])
        .map((d) => [d.Target?.Attribute, d.Target?.Name, d.Target?.RequiresRecreation])
        .map(String)
        .sort(),
    ]),
  );
  return createHash('sha256')
    .update(`${planHash(plan)}\n${lines.sort().join('\n')}`)
    .digest('hex');
}

/** What a person approves at the gate, as the gate's task and the task behind it both spell it. */
export const approvalOf = (hash: string) => ({ changeSet: hash });

/** Fingerprint of a plan. */
export function planHash(plan: StackUpdatePlan): string {
  const { stackName, region, templateUrl, parameters, capabilities, roleArn, description } = plan;
  const members = [
    stackName,
    region,
    templateUrl,
    roleArn ?? '',
    description ?? '',
    [...capabilities].sort(),
  ];
  const values = parameters.map(
    ({ key, value }) => `${key}=${value === undefined ? '' : JSON.stringify(value)}`,
  );
  return createHash('sha256')
    .update(JSON.stringify([members, values.sort()]))
    .digest('hex');
}

/** The question of the gate. */
export function questionOf(
  plan: StackUpdatePlan,
  summary: ChangeSummary,
  changeSet: string,
): string {
  const { added, modified, removed, open, nestedStacks, risky } = summary;
  const named = risky
    .slice(0, 25)
    .map(({ resource, type, what }) => `${resource} (${type}) ${what}`);
  const more =
    risky.length > named.length
      ? `; and ${risky.length - named.length} more, see the change set`
      : '';
  const values = plan.parameters.filter(({ value }) => value !== undefined).map(({ key }) => key);
  return [
    `Execute change set ${changeSet} on stack ${plan.stackName} in ${plan.region}?`,
    `Template ${plan.templateUrl}${plan.description ? `, ${plan.description}` : ''}.`,
    `${added} added, ${modified} modified, ${removed} removed; of ${open} CloudFormation decides while it works.`,
    nestedStacks > 0 ? `${nestedStacks} nested stack(s) change: what is inside is not listed.` : '',
    values.length > 0
      ? `Parameters with a new value: ${values.join(', ')}; all others keep theirs.`
      : 'All parameters keep their values.',
    risky.length > 0
      ? `HOLDS DATA: ${named.join('; ')}${more}.`
      : 'Nothing that holds data is replaced or removed.',
    ...plan.warnings,
  ]
    .filter((line) => line !== '')
    .join(' ');
}
