// The waiting task behind ExternalFunctions: functions that work are left alone, the others are replaced
// by external ones, which are proven. Asked again, it begins with a look at what is there now.

import { iso } from '../shared/clock';
import { ExternalFunctionError, PreflightError } from '../shared/errors';
import { probeFunctions } from '../shared/functions/probe';
import { missingRights } from '../shared/functions/rights';
import type { Found } from '../shared/functions/spec';
import type { Invocation } from '../shared/handler';
import { noteWarehouse } from '../shared/read';
import { ownRun } from '../shared/runs';
import { Token, TokenLost } from '../shared/worker-token';
import { associate } from './associate';
import type { EnsureFunctionsPayload, EnsureFunctionsResult } from './payload';
import { grant, replace } from './replace';
import { settle } from './statements';
import { type EnsureDeps, Leave, Work } from './work';

export async function ensureFunctions(
  payload: EnsureFunctionsPayload,
  deps: EnsureDeps,
  invocation: Invocation,
): Promise<EnsureFunctionsResult> {
  const { ledger, clock } = deps;
  await ownRun(ledger, payload);
  for (const target of [payload.warehouse, payload.definer]) {
    await noteWarehouse(ledger, payload.runId, target);
  }
  const token = await Token.take(ledger, payload, payload.step, invocation.requestId, clock.now);
  const work = new Work(payload, deps, token, invocation);
  try {
    return await ensure(work);
  } catch (error) {
    // Whoever has the token now goes on; this invocation leaves and touches nothing.
    if (error instanceof TokenLost || error instanceof Leave)
      return { status: 'running', made: 0, left: 0 };
    throw error;
  }
}

async function ensure(work: Work): Promise<EnsureFunctionsResult> {
  const { payload, asCaller } = work;
  // A statement that still runs may change what is seen a moment later.
  for (const { name } of payload.functions) await settle(work, name);
  const found = await probeFunctions(asCaller, payload.schema, payload.functions);
  const left = found.filter(({ verdict }) => verdict === 'works');
  const bad = found.filter(({ verdict }) => verdict !== 'works');
  if (bad.length > 0) {
    await checkRights(work, bad);
    await associate(work);
    for (const one of bad) {
      await noteBegin(work, one);
      await replace(work, specOf(work, one));
    }
  }
  for (const one of found) await noteEnd(work, one);
  return { status: 'done', made: bad.length, left: left.length };
}

/** All that is missing at once, before anything is touched. */
async function checkRights(work: Work, bad: readonly Found[]): Promise<void> {
  const { payload, asDefiner } = work;
  const region = payload.warehouse.region ?? payload.region;
  if (region !== payload.region) {
    throw new ExternalFunctionError(
      `${bad.map(({ name }) => name).join(', ')} of ${payload.schema} must be replaced, but the warehouse is in ${region} and the Lambda function in ` +
        `${payload.region}, where the warehouse does not find it: deploy this stack in ${region}`,
    );
  }
  const missing = await missingRights(asDefiner, payload.schema, bad);
  if (missing.length > 0) throw new PreflightError(missing);
}

const specOf = ({ payload }: Work, { name }: Found) =>
  payload.functions.find((spec) => spec.name === name)!;

interface Check {
  readonly name: string;
  readonly item?: string;
  readonly why?: string;
  readonly ok: boolean;
}

const checkKey = (work: Work, { name }: Found) => work.key('check', `function-${name}`);

const put = (work: Work, one: Found, check: Check) =>
  work.deps.ledger.put(checkKey(work, one), {
    ...check,
    expected: 'works',
    actual: check.ok ? 'works' : one.verdict,
    at: iso(work.deps.clock.now()),
  });

/** How it was found stays in the ledger, whoever ends what is begun here. */
async function noteBegin(work: Work, one: Found): Promise<void> {
  const { name, verdict, why } = one;
  const begun = await work.deps.ledger.get<Check>(checkKey(work, one));
  const check = {
    name: `function ${name} (${verdict} before, made anew)`,
    item: work.payload.item?.key,
    why,
    ok: false,
  };
  await put(work, one, begun && !begun.ok ? begun : check);
}

async function noteEnd(work: Work, one: Found): Promise<void> {
  const { name, language } = one;
  const begun = await work.deps.ledger.get<Check>(checkKey(work, one));
  // It works already, but a worker that died may not have granted it.
  if (begun && !begun.ok && one.verdict === 'works') await grant(work, specOf(work, one));
  const left = { name: `function ${name} (${language}, left alone)`, item: work.payload.item?.key };
  await put(work, one, { ...(begun ?? left), ok: true });
}
