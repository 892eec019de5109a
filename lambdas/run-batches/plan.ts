// Batch arithmetic: pure, so that it can be proven. No gap, no overlap, always advances.

import type { StatementTemplate, TransactionTemplate } from '../shared/sql';
import type { BatchPlan, RunBatchesPayload } from './payload';

/** A batch to do: which one, and what its statement gets. */
export interface Batch {
  /** Part of ledger keys, statement names and comments: sorts in order. */
  readonly label: string;
  /** What operators see, e.g. `10 days`. */
  readonly title: string;
  readonly statement: StatementTemplate | TransactionTemplate;
}

/** Number of batches of a plan; `to` is the instant a `now` was fixed to. */
export function batchCount(plan: BatchPlan, to: string | undefined): number {
  switch (plan.kind) {
    case 'list':
      return plan.statements.length;
    case 'count':
      return plan.batches;
    case 'growing':
      return Math.ceil(plan.total / plan.by);
    case 'ranges': {
      if (plan.from === null) return 0;
      return ordinary(plan, to) + (hasTail(plan, to) ? 1 : 0);
    }
  }
}

/** Batch `index` (from 0), or undefined behind the last one. */
export function batchAt(
  payload: Pick<RunBatchesPayload, 'plan' | 'statement'>,
  index: number,
  to: string | undefined,
): Batch | undefined {
  const { plan } = payload;
  if (index >= batchCount(plan, to)) return undefined;
  const label = String(index).padStart(6, '0');
  if (plan.kind === 'list') {
    const { name, ...statement } = plan.statements[index]!;
    return { label: `${label}-${name}`, title: name, statement };
  }
  const { title, parameters } = valuesOf(plan, index, to);
  const base = payload.statement!;
  return {
    label,
    title,
    statement: { ...base, parameters: { ...base.parameters, ...parameters } },
  };
}

function valuesOf(
  plan: Exclude<BatchPlan, { kind: 'list' }>,
  index: number,
  to: string | undefined,
): {
  title: string;
  parameters: Record<string, string | number>;
} {
  switch (plan.kind) {
    case 'count': {
      const batch = (plan.first ?? 0) + index;
      return { title: `batch ${batch}`, parameters: { batch } };
    }
    case 'growing': {
      const days = Math.min(plan.total, plan.by * (index + 1));
      return { title: `${days} days`, parameters: { days } };
    }
    case 'ranges': {
      const width = plan.hours * 3_600_000;
      const last = Date.parse(endOf(plan, to));
      const isTail = index === ordinary(plan, to);
      const start = isTail ? last : Date.parse(plan.from!) + index * width;
      const end = isTail ? Date.parse(plan.tail!) : Math.min(start + width, last);
      const parameters = { range_start: timestamp(start), range_end: timestamp(end) };
      return { title: `${parameters.range_start} to ${parameters.range_end}`, parameters };
    }
  }
}

type Ranges = Extract<BatchPlan, { kind: 'ranges' }>;

/** Ranges of full width up to `to`, the last one perhaps shorter. */
function ordinary(plan: Ranges, to: string | undefined): number {
  const span = Date.parse(endOf(plan, to)) - Date.parse(plan.from!);
  return Math.max(0, Math.ceil(span / (plan.hours * 3_600_000)));
}

const hasTail = (plan: Ranges, to: string | undefined): boolean =>
  typeof plan.tail === 'string' && Date.parse(plan.tail) > Date.parse(endOf(plan, to));

const endOf = (plan: { to: string }, to: string | undefined): string =>
  plan.to === 'now' ? (to ?? new Date(0).toISOString()) : plan.to;

/** An instant as Redshift's TIMESTAMP reads it: UTC, whole seconds unless there is a fraction. */
export function timestamp(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/\.000$/, '');
}
