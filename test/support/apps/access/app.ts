// A gate and three batches in a warehouse that is reached as ACCESS says: with the task's own role or a
// secret, serverless or as a cluster.

import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  BatchedProcedure,
  Batches,
  ManualGate,
  RunbookMachine,
  SqlFile,
  Warehouse,
} from '../../../../lib';
import { AnswerMachine } from '../../../../lib/platform/answer-machine';

const app = new App();
const stack = new Stack(app, 'access', { env: { account: '000000000000', region: 'us-east-1' } });
const secret = () =>
  secretsmanager.Secret.fromSecretCompleteArn(
    stack,
    'Secret',
    'arn:aws:secretsmanager:us-east-1:000000000000:secret:demo-Ab12Cd',
  );
const database = 'demo';
const WAREHOUSES: Readonly<Record<string, () => Warehouse>> = {
  serverless: () => Warehouse.serverless({ workgroup: 'demo', database }),
  'serverless-secret': () =>
    Warehouse.serverless({ workgroup: 'demo', database, secret: secret() }),
  cluster: () => Warehouse.provisioned({ cluster: 'demo', database }),
  'cluster-user': () => Warehouse.provisioned({ cluster: 'demo', database, dbUser: 'demo_user' }),
  'cluster-secret': () => Warehouse.provisioned({ cluster: 'demo', database, secret: secret() }),
};

new AnswerMachine(stack, 'Answer');
new RunbookMachine(stack, 'Work', {
  name: 'work',
  runbook: 'access-work',
  comment: 'A gate and three batches',
  body: (scope) => {
    const gate = new ManualGate(scope, 'Gate', {
      gate: 'work',
      question: 'Shall it work?',
      approve: { batches: 3 },
    });
    const work = new BatchedProcedure(scope, 'Batches', {
      work: 'batches',
      step: 'work',
      warehouse: WAREHOUSES[process.env.ACCESS ?? 'serverless']!(),
      statement: SqlFile.fromPath(stack, path.join(__dirname, '../batches/call-work.sql'), {
        ids: { schema: 'demo' },
      }),
      batches: Batches.count(3),
      ordered: true,
      groupSize: 10,
    });
    return sfn.Chain.start(gate).next(work);
  },
});
app.synth();
