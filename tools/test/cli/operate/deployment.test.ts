// What a deployment takes from an execution that is redriven behind it.

import { newCode, newDefinition, type Template, taken } from '../../../cli/operate/deployment';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const policy = (role: string, ...statements: object[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { Roles: [{ Ref: role }], PolicyDocument: { Statement: statements } },
});
const allow = (Action: string | string[], Resource: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

/** A machine with one task that reads the ledger. */
function template(change: (resources: Resources) => void = () => {}): Template {
  const resources: Resources = {
    Ledger: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'prod-demo',
        DefinitionString: 'one',
        RoleArn: arnOf('MachineRole'),
      },
    },
    MachinePolicy: policy('MachineRole', allow('lambda:InvokeFunction', [arnOf('Copy'), 'more'])),
    Copy: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Description: 'Task copy-rows of the upgrade runbooks',
        Code: { S3Key: 'a' },
        Role: arnOf('CopyRole'),
      },
    },
    CopyPolicy: policy(
      'CopyRole',
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arnOf('Ledger')),
    ),
  };
  change(resources);
  return { Resources: resources };
}

const losses = (change: (resources: Resources) => void) =>
  taken({ now: template(), next: template(change) }, 'Machine', ['Copy']);

it('takes nothing when nothing changes, nor by another definition, other code, or more rights', () => {
  expect(losses(() => {})).toEqual([]);
  const change = ({ Machine, Copy, CopyPolicy }: Resources) => {
    Machine!.Properties.DefinitionString = 'two';
    Copy!.Properties.Code = { S3Key: 'b' };
    (CopyPolicy!.Properties.PolicyDocument as { Statement: object[] }).Statement.push(
      allow('s3:GetObject', 'x'),
    );
  };
  expect(losses(change)).toEqual([]);
  const both = { now: template(), next: template(change) };
  expect(newCode(both, ['Copy'])).toEqual(['copy-rows']);
  expect(newDefinition(both, 'Machine')).toBe(true);
});

it.each<[string, (resources: Resources) => void, string]>([
  ['a machine', (all) => void delete all.Machine, 'the machine itself is removed'],
  [
    'a machine’s name',
    ({ Machine }) => void Object.assign(Machine!.Properties, { StateMachineName: 'x' }),
    'the machine gets another name',
  ],
  ['a task', (all) => void delete all.Copy, 'task copy-rows is removed'],
  [
    'the right to call a task',
    (all) => void Object.assign(all, { MachinePolicy: policy('MachineRole') }),
    'the machine may not call task copy-rows any more',
  ],
  [
    'a right of a task',
    (all) =>
      void Object.assign(all, {
        CopyPolicy: policy('CopyRole', allow('dynamodb:GetItem', arnOf('Ledger'))),
      }),
    'task copy-rows may not do any more: dynamodb:PutItem',
  ],
  [
    'the ledger',
    (all) => void delete all.Ledger,
    'AWS::DynamoDB::Table Ledger, the record of the run, is replaced',
  ],
])('sees that it takes %s', (_, change, told) => {
  expect(losses(change)).toEqual([expect.stringContaining(told)]);
});
