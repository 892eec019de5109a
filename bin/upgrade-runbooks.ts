// The CDK app: one stack for each runbook that `config/<target>.json` configures.
// Choose the target with `-c target=NAME`.

import * as path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readTarget } from '../lib/platform/target-config';
import { ClickstreamStack } from '../lib/runbooks/clickstream/clickstream-stack';
import { RdwStack } from '../lib/runbooks/rdw/rdw-stack';

const app = new App();
const targetName: string = app.node.tryGetContext('target') ?? 'example';
const target = readTarget(path.resolve(__dirname, '../config'), targetName);
const { clickstream, rdw } = target;
if (clickstream) new ClickstreamStack(app, { targetName, target: { ...target, clickstream } });
if (rdw) new RdwStack(app, { targetName, target: { ...target, rdw } });

// Guard rails: a finding without a written reason beside its construct fails the synth.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
