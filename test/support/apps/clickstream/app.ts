// The clickstream stack for as many applications as APPS says, and with a definition changed as
// CHANGE says: the state machine a fixed release would deploy.

import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { readTarget } from '../../../../lib/platform/target-config';
import { ClickstreamStack } from '../../../../lib/runbooks/clickstream/clickstream-stack';

const app = new App();
const target = readTarget(path.resolve(__dirname, '../../../../config'), 'example');
const apps = Number(process.env.APPS ?? 1);
const appIds = Array.from({ length: apps }, (_, i) => `app${String(i + 1).padStart(2, '0')}`);
new ClickstreamStack(app, {
  targetName: 'example',
  target: { ...target, clickstream: { ...target.clickstream, appIds } },
});
app.synth();
