// The CDK app: one stack for each runbook that `config/<target>.json` configures.
// Choose the target with `-c target=NAME`.

import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { readTarget } from '../lib/platform/target-config';
import { ClickstreamStack } from '../lib/runbooks/clickstream/clickstream-stack';

const app = new App();
const targetName: string = app.node.tryGetContext('target') ?? 'example';
const target = readTarget(path.resolve(__dirname, '../config'), targetName);
new ClickstreamStack(app, { targetName, target });
app.synth();
