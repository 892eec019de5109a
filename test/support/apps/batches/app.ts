// A stack around the exported steps, as a user would write it: ordered batches, batches without
// order, and one long statement. Context `batches` says how many.

import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  BatchedProcedure,
  Batches,
  RedshiftStatement,
  RunbookMachine,
  SqlFile,
  Warehouse,
} from '../../../../lib';

const app = new App();
const batches = Number(app.node.tryGetContext('batches') ?? 30);
const stack = new Stack(app, 'demo', { env: { account: '000000000000', region: 'us-east-1' } });
const warehouse = Warehouse.serverless({
  workgroup: 'demo',
  database: 'demo',
  role: iam.Role.fromRoleArn(stack, 'DataApi', 'arn:aws:iam::000000000000:role/demo-data-api', {
    mutable: false,
  }),
});
const file = (name: string) =>
  SqlFile.fromPath(stack, path.join(__dirname, name), { ids: { schema: 'demo' } });

for (const ordered of [true, false]) {
  const name = ordered ? 'ordered' : 'unordered';
  new RunbookMachine(stack, ordered ? 'Ordered' : 'Unordered', {
    name,
    runbook: `demo-${name}`,
    comment: `${batches} batches, ${name}`,
    body: (scope) =>
      new BatchedProcedure(scope, 'Work', {
        work: 'batches',
        step: 'work',
        warehouse,
        statement: file('call-work.sql'),
        batches: Batches.count(batches),
        ordered,
        groupSize: 10,
      }),
  });
}

new RunbookMachine(stack, 'Long', {
  name: 'long',
  runbook: 'demo-long',
  comment: 'One statement of many hours',
  body: (scope) =>
    new RedshiftStatement(scope, 'Long', {
      work: 'long statements',
      step: 'long',
      warehouse,
      statements: { long: file('call-long.sql') },
    }),
});
app.synth();
