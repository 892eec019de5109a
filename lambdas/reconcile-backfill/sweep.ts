// The tables of all tenants before the first one is worked on and after the last one: only those of the
// run's own tenants may have changed. A name that leads to another tenant's schema shows here.

import { LEAVE_BEFORE_END_MS } from '../shared/clock';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { described, differences } from '../shared/rdw/compare';
import { type FactsByYear, factsOf, SCORE_COLUMNS } from '../shared/rdw/facts';
import { newSalt, sealed } from '../shared/rdw/sealed';
import type { Token } from '../shared/worker-token';
import { notReconciled, record, sameFacts } from './checks';
import { type ReadWarehouse, type ReconcileDeps, warehouseReader } from './deps';
import type { ReconcileResult, SweepPayload, SweptTenant } from './payload';

/** A table as it was, sealed: whether it changes is all that is asked. */
interface Swept {
  readonly salt: string;
  readonly facts: FactsByYear;
}

const sweptKey = (runId: string, phase: SweepPayload['phase'], tenant: string) =>
  runKey(runId, `swept#${phase}#${tenant}`);

const REMEDY =
  'This run has not worked on this tenant, and migrate-olap stood still: find out who has changed its exam_alt_score; ' +
  'when it is as it was, or as it should be, redrive: it is compared again';

/** One turn; undefined when the next invocation has to go on. */
export async function sweep(
  payload: SweepPayload,
  deps: ReconcileDeps,
  invocation: Invocation,
  token: Token,
): Promise<ReconcileResult | undefined> {
  const { runId, phase, tenants, processed = [] } = payload;
  const { ledger } = deps;
  const read = await warehouseReader(deps, payload, payload.warehouse, invocation);
  const wrong: { tenant: string; problems: string[] }[] = [];
  for (const tenant of tenants) {
    if (phase === 'after' && processed.includes(tenant.id)) continue;
    const key = sweptKey(runId, phase, tenant.id);
    if (await ledger.get(key)) continue;
    if (invocation.remainingMs() <= LEAVE_BEFORE_END_MS) return undefined;
    if (!(await allRunning(deps.sfn, [payload.selfArn, payload.rootArn]))) return undefined;
    const facts = await tableOf(tenant, read);
    await token.renew();
    if (phase === 'before') {
      const salt = newSalt();
      await ledger.put(key, { salt, facts: sealed(facts, salt) } satisfies Swept, 'absent');
      continue;
    }
    const before = await ledger.get<Swept>(sweptKey(runId, 'before', tenant.id));
    const now = before && sealed(facts, before.salt);
    const found = now ? differences(before.facts, now) : [];
    await record(
      deps,
      payload,
      tenant.id,
      now ? sameFacts('sweep', 'unchanged, though not worked on', before.facts, now) : [],
    );
    // What has passed is not looked at again; what has not is, on redrive.
    if (found.length === 0) await ledger.put(key, { passed: true });
    else wrong.push({ tenant: tenant.id, problems: described(found) });
  }
  if (wrong.length > 0) {
    const [first, ...others] = wrong;
    const rest = others.flatMap(({ tenant, problems }) =>
      problems.map((problem) => `tenant ${tenant}: ${problem}`),
    );
    throw notReconciled(first!.tenant, [...first!.problems, ...rest], REMEDY);
  }
  return { status: 'done' };
}

async function tableOf(
  { reportingSchema }: SweptTenant,
  read: ReadWarehouse,
): Promise<FactsByYear> {
  return factsOf(
    await read('facts', {
      ids: { schema: reportingSchema, table: 'exam_alt_score' },
      parameters: { from: '0001-01-01 00:00:00+00', to: '9999-12-31 00:00:00+00', some: 0 },
      literals: { exams: { kind: 'integers', value: 0 } },
    }),
    SCORE_COLUMNS,
  );
}
