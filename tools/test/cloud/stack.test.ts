// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation has the same marks
import type { Template } from '../../rehearsal/assembly/assembly';
import { Stack } from '../../rehearsal/assembly/stack';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws', stackName: 'S' };
const stackOf = (template: Template) =>
  new Stack(
    { name: 'S', template, assets: new Map(), paths: new Map() },
    place,
    (name) => `import of ${name}`,
  );

const template: Template = {
  Parameters: { Size: { Default: '3' } },
  Mappings: { Map: { a: { b: 'mapped' } } },
  Conditions: {
    No: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    Yes: { 'Fn::Not': [{ Condition: 'No' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
  },
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TableName: { 'Fn::Sub': '${AWS::StackName}-t' } },
    },
    Topic: { Type: 'AWS::SNS::Topic' },
    Skipped: { Type: 'AWS::SNS::Topic', Condition: 'Both' },
  },
};

describe('intrinsic functions', () => {
  test.each<[unknown, unknown]>([
    [{ Ref: 'Table' }, 'S-t'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/S-t'],
    [{ Ref: 'Size' }, '3'],
    [{ 'Fn::Join': ['', ['a:', { Ref: 'AWS::Partition' }, ':b']] }, 'a:aws:b'],
    [
      { 'Fn::Sub': 'x-${AWS::AccountId}-${Table.Arn}-${!Keep}' },
      'x-000000000000-arn:aws:dynamodb:us-east-1:000000000000:table/S-t-${Keep}',
    ],
    [{ 'Fn::Sub': ['${v}${Size}', { v: { Ref: 'Size' } }] }, '33'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [{ 'Fn::If': ['Yes', 'y', 'n'] }, 'y'],
    [{ a: 1, b: { 'Fn::If': ['No', 'y', { Ref: 'AWS::NoValue' }] } }, { a: 1 }],
    [[1, { Ref: 'AWS::NoValue' }], [1]],
    [{ 'Fn::FindInMap': ['Map', 'a', 'b'] }, 'mapped'],
    [{ 'Fn::ImportValue': 'other' }, 'import of other'],
  ])('%j', (value, expected) => {
    expect(stackOf(template).resolve(value, 'test')).toEqual(expected);
  });

  test('leave resources out whose condition does not hold', () => {
    expect(stackOf(template).resources.map(({ logicalId }) => logicalId)).toEqual([
      'Table',
      'Topic',
    ]);
  });

  test.each([
    [{ 'Fn::Cidr': ['10.0.0.0/8'] }, 'S test: Fn::Cidr is not known to the rehearsal'],
    [{ Ref: 'Nobody' }, 'S test: there is no Nobody to refer to'],
    [
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      'StreamArn of Table (AWS::DynamoDB::Table) is not known',
    ],
  ])('refuse %j by name', (value, message) => {
    expect(() => stackOf(template).resolve(value, 'test')).toThrow(message);
  });
});
