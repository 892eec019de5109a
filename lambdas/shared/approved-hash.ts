// Of what is approved at a gate: the same values, the same approval.

import { createHash } from 'node:crypto';

/** Hash of what is approved: the same for the same values, whatever the order of their members. */
export const approvedHash = (approve: unknown): string =>
  createHash('sha256').update(canonical(approve)).digest('hex');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
