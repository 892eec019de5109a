// The aspects stack of the example target; ASPECTS_MODE changes its mode.

import { App } from 'aws-cdk-lib';
import { AspectsStack } from '../../../../lib/runbooks/aspects/aspects-stack';
import { exampleTarget } from '../../definitions';

const app = new App();
const example = exampleTarget();
const { aspects } = example;
const mode = (process.env.ASPECTS_MODE ?? aspects.mode) as typeof aspects.mode;
new AspectsStack(app, {
  targetName: 'example',
  target: { ...example, aspects: { ...aspects, mode } },
});
app.synth();
