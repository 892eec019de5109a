// A runbook of your own from three steps: a person says yes, a stored procedure is called in 20 ordered batches, and
// rows on both sides are counted. README.md beside this file tells how to rehearse and deploy it.

import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import {
  AnswerMachine,
  BatchedProcedure,
  Batches,
  ManualGate,
  RedshiftStatement,
  RunbookMachine,
  SqlFile,
  Warehouse,
} from '../../../lib';

const BATCHES = 20;

const app = new App();
const stack = new Stack(app, 'sales-summary');
const context = (name: string, otherwise: string): string =>
  app.node.tryGetContext(name) ?? otherwise;
const schema = context('schema', 'sales');
const warehouse = Warehouse.serverless({
  workgroup: context('workgroup', 'analytics'),
  database: context('database', 'dev'),
});
const file = (name: string) =>
  SqlFile.fromPath(stack, path.join(__dirname, name), { ids: { schema } });

new RunbookMachine(stack, 'Rebuild', {
  name: 'rebuild',
  runbook: 'sales-rebuild',
  comment: 'Rebuilds the sales summary batch by batch',
  body: (scope) =>
    new ManualGate(scope, 'Begin', {
      gate: 'begin',
      question: 'Rebuild the summary? Nobody should load sales until it has ended.',
      approve: { schema, batches: BATCHES },
    })
      .next(
        new BatchedProcedure(scope, 'Batches', {
          work: 'summary batches',
          step: 'summary',
          warehouse,
          statement: file('call-rebuild-batch.sql'),
          batches: Batches.count(BATCHES),
        }),
      )
      .next(
        new RedshiftStatement(scope, 'Proof', {
          work: 'counts of both sides',
          step: 'proof',
          warehouse,
          statements: { counts: file('compare-counts.sql') },
          evidence: { kind: 'checks' },
          readOnly: true,
        }),
      ),
});
// Answers the gate.
new AnswerMachine(stack, 'Answer');

app.synth();
