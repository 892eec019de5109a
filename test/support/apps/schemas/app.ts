// The schemas of two applications and their metrics, without the upgrade of the pipeline around them.

import { App } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { RunbookMachine } from '../../../../lib/platform/runbook-machine';
import { RunbookStack } from '../../../../lib/platform/runbook-stack';
import { accessesOf } from '../../../../lib/runbooks/clickstream/accesses';
import { recalculateMetrics } from '../../../../lib/runbooks/clickstream/metrics';
import { upgradeSchemas } from '../../../../lib/runbooks/clickstream/schema-upgrade';
import { exampleTarget } from '../../definitions';

const app = new App();
const target = exampleTarget();
const stack = new RunbookStack(app, 'schemas', { target, description: 'Schemas and metrics' });
new RunbookMachine(stack, 'Schemas', {
  name: 'schemas',
  runbook: 'schemas',
  comment: 'Schemas and metrics of the applications',
  body: (scope) => {
    const { warehouse, definer } = accessesOf(scope, target.clickstream.warehouse);
    const known = sfn.Pass.jsonata(scope, 'Know the pipeline', {
      outputs: "{% $merge([$states.input, { 'pipeline': $states.input.input.pipeline }]) %}",
      comment: 'What the task that reads the pipeline finds',
    });
    const since = '$states.input.input.since';
    const schemas = upgradeSchemas(scope, {
      warehouse,
      definer,
      target: target.clickstream,
      since,
    });
    const metrics = recalculateMetrics(scope, { warehouse, target: target.clickstream });
    return sfn.Chain.start(known).next(schemas).next(metrics);
  },
});
app.synth();
