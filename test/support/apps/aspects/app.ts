// The aspects stack of the example target; ASPECTS_MODE and ASPECTS_BACKUP=none change its configuration.

import { App } from 'aws-cdk-lib';
import { AspectsStack } from '../../../../lib/runbooks/aspects/aspects-stack';
import { exampleTarget } from '../../definitions';

const app = new App();
const example = exampleTarget();
const { clickhouse, ...rest } = example.aspects;
const { backupTo, ...server } = clickhouse;
const target = {
  ...example,
  aspects: {
    ...rest,
    mode: (process.env.ASPECTS_MODE ?? rest.mode) as typeof rest.mode,
    clickhouse: process.env.ASPECTS_BACKUP === 'none' ? server : { ...server, backupTo },
  },
};
new AspectsStack(app, { targetName: 'example', target });
app.synth();
