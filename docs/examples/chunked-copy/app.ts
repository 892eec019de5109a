// Copies the rows of a MySQL table into another one, also on another server, while both are used. Deploy it
// with the context of your servers (README.md beside this file), start it with the range of keys.

import { App, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ChunkedCopy, type CopyColumn, MySqlServer, RunbookMachine } from '../../../lib';

const app = new App();
const context = (name: string, otherwise: string): string =>
  app.node.tryGetContext(name) ?? otherwise;
const stack = new Stack(app, 'events-copy');

const vpc = {
  subnetIds: context('subnets', 'subnet-0a1b2c3d').split(','),
  securityGroupIds: context('securityGroups', 'sg-0a1b2c3d').split(','),
};
/** A server with a secret that has `username` and `password`. */
const server = (side: 'source' | 'target') =>
  MySqlServer.withSecret({
    host: context(`${side}Host`, `${side}.example`),
    secret: secretsmanager.Secret.fromSecretNameV2(stack, side, context(`${side}Secret`, side)),
    vpc,
  });

const column = (name: string, kind: CopyColumn['kind'], nullable = false): CopyColumn => ({
  source: name,
  target: name,
  kind,
  nullable,
});

new RunbookMachine(stack, 'Copy', {
  name: 'copy',
  runbook: 'events-copy',
  comment: 'Copies events into a table of their own, chunk by chunk',
  body: (scope) =>
    new ChunkedCopy(scope, 'Events', {
      noun: 'events',
      step: 'events',
      source: {
        server: server('source'),
        database: context('sourceDatabase', 'shop'),
        table: 'events',
      },
      target: {
        server: server('target'),
        database: context('targetDatabase', 'archive'),
        table: 'events',
      },
      columns: [
        column('customer', 'integer'),
        column('happened', 'datetime'),
        column('amount', 'double', true),
        column('detail', 'text', true),
      ],
      // One worker for each range; their names stay the same when the run is redriven.
      ranges: '$states.input.input.ranges',
      workers: 4,
    }),
});

app.synth();
