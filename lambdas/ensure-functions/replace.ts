// One function is replaced by an external one. What was there is set aside under another name, never
// dropped: Redshift makes no Python function anew. Only an external function is dropped, which the same
// statement makes again.

import { ExternalFunctionError, StatementStoppedError } from '../shared/errors';
import { answersOf, ask, type InCatalog, inCatalog, readCatalog } from '../shared/functions/probe';
import { readUser } from '../shared/functions/rights';
import { EXTERNAL, type FunctionSpec } from '../shared/functions/spec';
import type { SqlLiteral, StatementTemplate } from '../shared/sql';
import { change, settle, wasLast } from './statements';
import type { Work } from './work';

interface SetAside {
  /** Name the earlier function has now. */
  readonly kept: string;
  readonly language: string;
  readonly owner: string;
  readonly source: string;
  readonly argumentNames: string;
}

/** Makes the function and proves it; after a failure the earlier one has its name back. */
export async function replace(work: Work, spec: FunctionSpec): Promise<void> {
  await settle(work, spec.name);
  const there = await lookUp(work, spec);
  if (there?.language === EXTERNAL) await drop(work, spec);
  else if (there) await setAside(work, spec, there);
  try {
    await create(work, spec);
    await prove(work, spec);
  } catch (error) {
    if (!(error instanceof StatementStoppedError || error instanceof ExternalFunctionError))
      throw error;
    const restored = await restore(work, spec);
    throw new ExternalFunctionError(
      `function ${work.payload.schema}.${spec.name} could not be replaced: ${error.message}. ${restored}`,
      { cause: error },
    );
  }
}

const lookUp = async (work: Work, spec: FunctionSpec): Promise<InCatalog | undefined> =>
  inCatalog(await readCatalog(work.asDefiner, work.payload.schema), spec);

/** The statement for a function of so many arguments. */
function statement(
  work: Work,
  act: string,
  spec: FunctionSpec,
  more: Omit<StatementTemplate, 'sql'> = {},
): StatementTemplate {
  const { schema } = work.payload;
  const ids = { schema, function: spec.name, ...more.ids };
  return { ...more, sql: { file: `clickstream/${act}-function-${spec.arguments}` }, ids };
}

/** Somebody, a duplicate of this call perhaps, may have done the same: then the catalog agrees. */
async function changeUntil(
  work: Work,
  spec: FunctionSpec,
  template: StatementTemplate,
  isDone: (there: InCatalog | undefined) => boolean,
): Promise<void> {
  try {
    await change(work, spec.name, template);
  } catch (error) {
    if (!(error instanceof StatementStoppedError) || !isDone(await lookUp(work, spec))) throw error;
  }
}

const drop = (work: Work, spec: FunctionSpec) =>
  changeUntil(work, spec, statement(work, 'drop', spec), (there) => there === undefined);

async function setAside(work: Work, spec: FunctionSpec, there: InCatalog): Promise<void> {
  const { payload, deps, asDefiner } = work;
  const parameters = { schema_name: payload.schema, function_name: spec.name };
  const rows = await asDefiner('read-function-source', { parameters });
  const row = rows.find(({ language }) => language === there.language);
  const kept = `${spec.name}_before_${payload.runId.replace(/[^a-z0-9]/g, '').slice(-10)}`;
  const item: SetAside = {
    ...there,
    kept,
    // An item of the ledger ends at 400 KB; a function's source is shorter.
    source: String(row?.source ?? ''),
    argumentNames: String(row?.argument_names ?? ''),
  };
  await work.mayAct();
  await deps.ledger.put(work.key('function-kept', spec.name), item);
  const template = statement(work, 'set-aside', spec, { ids: { kept } });
  await changeUntil(work, spec, template, (now) => now === undefined);
  await deps.ledger.put(work.key('note', `function-${spec.name}`), {
    text:
      `function ${payload.schema}.${spec.name} in language ${there.language} is now called ${kept}; its source is in the ledger. ` +
      `To undo: drop the external function, then alter function ${payload.schema}.${kept}(…) rename to ${spec.name}`,
  });
}

async function create(work: Work, spec: FunctionSpec): Promise<void> {
  const { payload } = work;
  const literals: Record<string, SqlLiteral> = {
    lambda: { kind: 'function-name', value: payload.lambda },
    role: { kind: 'arn', value: payload.invokeRoleArn },
    max_rows: { kind: 'integer', value: spec.maxBatchRows },
    max_kb: { kind: 'integer', value: spec.maxBatchKb },
  };
  const made = (there: InCatalog | undefined) => there?.language === EXTERNAL;
  await changeUntil(work, spec, statement(work, 'create', spec, { literals }), made);
  await grant(work, spec);
}

/** Lets the user who calls the procedures call it, unless that was done last. */
export async function grant(work: Work, spec: FunctionSpec): Promise<void> {
  const { payload, asCaller, asDefiner } = work;
  const caller = await readUser(asCaller, payload.schema);
  const definer = await readUser(asDefiner, payload.schema);
  if (caller.name === definer.name) return;
  const template = statement(work, 'grant', spec, { users: { user: caller.name } });
  if (!(await wasLast(work, spec.name, template))) await change(work, spec.name, template);
}

/** Asked as the user who calls the procedures. A role that was just associated may need a moment. */
async function prove(work: Work, spec: FunctionSpec): Promise<void> {
  for (const answers of answersOf(spec)) {
    let other = await ask(work.asCaller, work.payload.schema, answers);
    for (let i = 0; i < 3 && other?.verdict === 'refused'; i++) {
      await work.pause();
      other = await ask(work.asCaller, work.payload.schema, answers);
    }
    if (other) throw new ExternalFunctionError(`it is ${other.verdict}: ${other.why}`);
  }
}

/** What was there before gets its name back, so that nothing is worse than it was. */
async function restore(work: Work, spec: FunctionSpec): Promise<string> {
  if ((await lookUp(work, spec))?.language === EXTERNAL) await drop(work, spec);
  const item = await work.deps.ledger.get<SetAside>(work.key('function-kept', spec.name));
  const kept = item && (await lookUp(work, { ...spec, name: item.kept }));
  if (!item || !kept) return 'There was no other function before. Repair the cause, then redrive';
  const template = statement(work, 'restore', spec, { ids: { kept: item.kept } });
  await changeUntil(work, spec, template, (now) => now?.language === kept.language);
  return `The function in language ${kept.language} has its name back. Repair the cause, then redrive`;
}
