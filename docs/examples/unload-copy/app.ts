// Brings the orders of closed years back into a table of their own, through files in S3 that stay as a
// backup. Deploy it with the context of your warehouse (README.md beside this file), start it with {}.

import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RedshiftStatement, RunbookMachine, SqlFile, UnloadCopy, Warehouse } from '../../../lib';

const app = new App();
const context = (name: string, otherwise: string): string =>
  app.node.tryGetContext(name) ?? otherwise;
const schema = context('schema', 'sales');
const stack = new Stack(app, 'orders');
const warehouse = Warehouse.serverless({
  workgroup: context('workgroup', 'analytics'),
  database: context('database', 'dev'),
});
const role = iam.Role.fromRoleName(stack, 'Files', context('role', 'redshift-files'), {
  mutable: false,
});
const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', context('bucket', 'example-archive'));
const file = (name: string) =>
  SqlFile.fromPath(stack, path.join(__dirname, name), { ids: { schema } });

new RunbookMachine(stack, 'Archive', {
  name: 'archive',
  runbook: 'orders-archive',
  comment: 'Copies the orders of closed years into a table of their own, through S3',
  body: (scope) =>
    new RedshiftStatement(scope, 'Table', {
      work: 'archive tables',
      step: 'table',
      warehouse,
      statements: { create: file('create-orders-archive.sql') },
    }).next(
      new UnloadCopy(scope, 'Orders', {
        noun: 'closed orders',
        step: 'orders',
        warehouse,
        role,
        bucket,
        query: file('closed-orders.sql'),
        target: {
          schema,
          table: 'orders_archive',
          columns: ['id', 'customer', 'total', 'ordered'],
        },
      }),
    ),
});

app.synth();
