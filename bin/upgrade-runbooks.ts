#!/usr/bin/env node
// The CDK app: one stack for each runbook that `config/<target>.json` configures, in the folder from which the
// app is run. Choose the target with `-c target=NAME`.

import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readTarget } from '../lib/platform/target-config';
import { AspectsStack } from '../lib/runbooks/aspects/aspects-stack';
import { ClickstreamStack } from '../lib/runbooks/clickstream/clickstream-stack';
import { RdwStack } from '../lib/runbooks/rdw/rdw-stack';
import { StudentModuleHistoryStack } from '../lib/runbooks/student-module-history/student-module-history-stack';

/** The package's own cdk.json, in a checkout and in the published package alike. */
const settings = ['..', '../..']
  .map((folder) => path.resolve(__dirname, folder, 'cdk.json'))
  .find((file) => existsSync(file))!;
// A project that has the package as a dependency has no flags of its own, or others: it deploys the templates that
// were tested all the same. What its cdk.json sets counts more.
const { context } = JSON.parse(readFileSync(settings, 'utf8'));
const app = new App({ context });
const targetName: string = app.node.tryGetContext('target') ?? 'example';
const target = readTarget(path.resolve('config'), targetName);
const { clickstream, rdw, studentModuleHistory, aspects } = target;
if (clickstream) new ClickstreamStack(app, { targetName, target: { ...target, clickstream } });
if (rdw) new RdwStack(app, { targetName, target: { ...target, rdw } });
if (studentModuleHistory) {
  new StudentModuleHistoryStack(app, {
    targetName,
    target: { ...target, studentModuleHistory },
  });
}
if (aspects) new AspectsStack(app, { targetName, target: { ...target, aspects } });

// Guard rails: a finding without a written reason beside its construct fails the synth.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
