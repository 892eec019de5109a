// An execution that succeeded proves little: errors that say `already exists` count as success there. The
// catalog is asked for each table with its columns, each procedure, each function, and their owner.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { schemaOf } from '../shared/clickstream/migration';
import { schemaChecks } from '../shared/clickstream/schema-objects';
import { type Clock, iso } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { SchemaIncompleteError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import { noteWarehouse, reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import type { VerifySchemaPayload, VerifySchemaResult } from './payload';

export interface VerifySchemaDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

export async function verifySchema(
  payload: VerifySchemaPayload,
  deps: VerifySchemaDeps,
): Promise<VerifySchemaResult> {
  const { runId, appId, warehouse } = payload;
  await ownRun(deps.ledger, payload);
  await noteWarehouse(deps.ledger, runId, warehouse);
  const read = reader(deps.dataApi(warehouse), deps, payload);
  const checks = await schemaChecks(read, schemaOf(appId), payload.functions);
  const at = iso(deps.clock.now());
  for (const check of checks) {
    // Sort keys have no blanks, so that they can be pasted.
    const key = runKey(runId, `check#${appId}#schema-${check.name.replaceAll(' ', '-')}`);
    await deps.ledger.put(key, { ...check, item: appId, at });
  }
  const bad = checks.filter(({ ok }) => !ok);
  if (bad.length > 0) {
    throw new SchemaIncompleteError(
      `application ${appId}: ${bad.length} of ${checks.length} objects of its schema are not as they must be: ` +
        `${bad.map(({ name, expected, actual }) => `${name} (expected ${expected}, found ${actual})`).join('; ')}. ` +
        'A table that existed before in another form is not made again: rename it. Let the owner of the schema make the rest (Retry in the web ' +
        'console, or start the machine of the schema’s SQL again with the input it had), then redrive: this step looks again',
    );
  }
  return { checked: checks.length };
}
