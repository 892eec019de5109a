// A stack whose runs leave objects in S3, for a few days or until their end.

import { App, Stack } from 'aws-cdk-lib';
import { type RdwTarget, rdwTargetSchema } from '../../../../lambdas/shared/inputs/target/rdw';
import { ReleaseMachine, RunbookMachine } from '../../../../lib';
import { expireObjects } from '../../../../lib/runbooks/rdw/expiry';
import { RDW } from '../../rdw-target';

const app = new App();
const stack = new Stack(app, 'expiry', { env: { account: '000000000000', region: 'us-east-1' } });
const target: RdwTarget = rdwTargetSchema.parse(RDW);

new RunbookMachine(stack, 'Work', {
  name: 'work',
  runbook: 'rdw-work',
  comment: 'Leaves objects',
  body: (scope) => expireObjects(scope, { target }),
});
new ReleaseMachine(stack, 'Release');
app.synth();
