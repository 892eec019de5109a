// Whether the functions of an application work, and whether those that do not may be replaced. Calls them
// and reads the catalog; changes nothing.

import type { WarehouseTarget } from '../shared/data-api';
import { isAccessDenied } from '../shared/errors';
import { probeFunctions } from '../shared/functions/probe';
import { missingRights } from '../shared/functions/rights';
import type { Read } from '../shared/read';
import type { FunctionPlan, PreflightMigrationPayload } from './payload';

/** The plan for one application's functions; what is missing for it becomes a finding. */
export async function planFunctions(
  key: string,
  schema: string,
  { functions, definer }: Pick<PreflightMigrationPayload, 'functions' | 'definer'>,
  read: Read,
  readAs: (target: WarehouseTarget) => Read,
  add: (finding: string) => void,
): Promise<FunctionPlan> {
  const found = await probeFunctions(read, schema, functions);
  const bad = found.filter(({ verdict }) => verdict !== 'works');
  if (bad.length > 0) {
    const names = bad.map(({ name }) => name).join(', ');
    try {
      for (const right of await missingRights(readAs(definer), schema, bad)) {
        add(`${names} must be replaced, but ${right}`);
      }
    } catch (error) {
      if (!isAccessDenied(error)) throw error;
      add(
        `${names} must be replaced, but ${definer.roleArn ?? 'the task'} cannot be used: ${(error as Error).message}`,
      );
    }
  }
  return {
    key,
    left: found.length - bad.length,
    replaced: bad.map(({ name, verdict }) => `${name} ${verdict}`),
  };
}
