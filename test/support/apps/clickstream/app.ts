// The clickstream stack for the applications APP_IDS names, or as many as APPS says; with TOKEN, without a token of the
// console's API; and with a definition changed as CHANGE says: the state machine a fixed release would deploy.

import { App } from 'aws-cdk-lib';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ClickstreamStack } from '../../../../lib/runbooks/clickstream/clickstream-stack';
import { exampleTarget } from '../../definitions';

const app = new App();
const target = exampleTarget();
const apps = Number(process.env.APPS ?? 1);
const appIds =
  process.env.APP_IDS?.split(',') ??
  Array.from({ length: apps }, (_, i) => `app${String(i + 1).padStart(2, '0')}`);
const { apiTokenSecretArn, ...withoutToken } = target.clickstream.console;
const console = process.env.TOKEN ? withoutToken : { ...withoutToken, apiTokenSecretArn };
const stack = new ClickstreamStack(app, {
  targetName: 'example',
  target: { ...target, clickstream: { ...target.clickstream, appIds, console } },
});
if (process.env.CHANGE) {
  const machine = stack.node
    .findAll()
    .find(
      (one): one is CfnStateMachine =>
        CfnStateMachine.isCfnStateMachine(one) && /data-migration$/.test(one.stateMachineName!),
    )!;
  const { 'Fn::Join': join } = stack.resolve(machine.definitionString);
  machine.addPropertyOverride('DefinitionString', { 'Fn::Join': [join[0], join[1].map(changed)] });
}
app.synth();

/** One state has another name, and one is new: parts of a definition that are no text stay as they are. */
function changed(part: unknown): unknown {
  const first = '"Ensure the functions run"';
  if (typeof part !== 'string') return part;
  return part
    .replaceAll('"Run user migration"', '"Migrate the users"')
    .replace(`"StartAt":${first},"States":{`, (text) => {
      const added = { Type: 'Pass', QueryLanguage: 'JSONata', Next: JSON.parse(first) };
      return `${text.replace(first, '"A state of the new release"')}"A state of the new release":${JSON.stringify(added)},`;
    });
}
