// A stack that holds a Deployment still, looks again, and gives it back, as a user would write it.

import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  Quiesce,
  QuietThings,
  ReleaseMachine,
  RestoreQuiesced,
  RunbookMachine,
} from '../../../../lib';

const app = new App();
const stack = new Stack(app, 'quiet', { env: { account: '000000000000', region: 'us-east-1' } });
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:prod-cluster-abcdef';

const things = QuietThings.deployment({
  clusterName: 'prod',
  secret: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Cluster', arn),
  role: iam.Role.fromRoleArn(stack, 'Scaler', 'arn:aws:iam::000000000000:role/scaler', {
    mutable: false,
  }),
  namespace: 'rdw',
  deployment: 'migrate-olap',
});
const pods = { step: 'pods', act: 'Stop pods', question: 'Pods stopped?', done: 'No pod runs' };
const again = { step: 'again', act: 'Look again', question: 'Still so?', done: 'All is quiet' };

new RunbookMachine(stack, 'Hold', {
  name: 'hold',
  runbook: 'quiet-hold',
  comment: 'Holds a Deployment still',
  body: (scope) =>
    new Quiesce(scope, 'Pods', { ...pods, things })
      .next(new Quiesce(scope, 'Again', { ...again, things }))
      .next(new RestoreQuiesced(scope, 'Restore')),
});
new ReleaseMachine(stack, 'Release');
app.synth();
