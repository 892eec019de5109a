// The rdw stack of the example target.

import { App } from 'aws-cdk-lib';
import { RdwStack } from '../../../../lib/runbooks/rdw/rdw-stack';
import { exampleTarget } from '../../definitions';

const app = new App();
new RdwStack(app, { targetName: 'example', target: exampleTarget() });
app.synth();
