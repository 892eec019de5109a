// A machine of your own: calls a stored procedure in 500 ordered batches. Start it with {}.

import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { BatchedProcedure, Batches, RunbookMachine, SqlFile, Warehouse } from '../../lib';

const app = new App();
const stack = new Stack(app, 'sales-summary');

new RunbookMachine(stack, 'Rebuild', {
  name: 'rebuild',
  runbook: 'sales-rebuild',
  comment: 'Rebuilds the sales summary batch by batch',
  body: (scope) =>
    new BatchedProcedure(scope, 'Batches', {
      work: 'summary batches',
      step: 'summary',
      warehouse: Warehouse.serverless({ workgroup: 'analytics', database: 'dev' }),
      statement: SqlFile.fromPath(scope, path.join(__dirname, 'call-rebuild-batch.sql'), {
        ids: { schema: 'sales' },
      }),
      batches: Batches.count(500),
    }),
});

app.synth();
