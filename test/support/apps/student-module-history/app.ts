// The student-module-history stack of the example target; with DB_INSTANCE the new table is on an instance of
// RDS, whose free storage only CloudWatch knows.

import { App } from 'aws-cdk-lib';
import { StudentModuleHistoryStack } from '../../../../lib/runbooks/student-module-history/student-module-history-stack';
import { exampleTarget } from '../../definitions';

const app = new App();
const example = exampleTarget();
const { studentModuleHistory: history } = example;
const dbInstanceIdentifier = process.env.DB_INSTANCE;
const target = {
  ...example,
  studentModuleHistory: { ...history, target: { ...history.target, dbInstanceIdentifier } },
};
new StudentModuleHistoryStack(app, { targetName: 'example', target });
app.synth();
