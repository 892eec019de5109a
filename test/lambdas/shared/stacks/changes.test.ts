import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { changeSetName } from '../../../../lambdas/shared/stacks/attempts';
import { hashOf, planHash, questionOf, summarise } from '../../../../lambdas/shared/stacks/changes';
import type { StackUpdatePlan } from '../../../../lambdas/shared/stacks/plan';
import { isStateful } from '../../../../lambdas/shared/stacks/stateful-types';

const change = (members: Partial<ResourceChange>): ResourceChange => ({
  LogicalResourceId: 'Data',
  ResourceType: 'AWS::DynamoDB::Table',
  Action: 'Modify',
  Replacement: 'False',
  ...members,
});
const plan: StackUpdatePlan = {
  stackName: 's',
  region: 'us-east-1',
  templateUrl: 'https://example.com/t.json',
  parameters: [{ key: 'A' }, { key: 'B', value: '1' }],
  capabilities: ['CAPABILITY_IAM'],
  warnings: [],
};

describe('changes that touch data', () => {
  test.each<[string, Partial<ResourceChange>]>([
    ['is removed', { Action: 'Remove' }],
    ['is removed (its policy keeps the data)', { Action: 'Remove', PolicyAction: 'Retain' }],
    ['may be replaced or removed', { Action: 'Dynamic', Replacement: undefined }],
    ['is replaced', { Replacement: 'True' }],
    [
      'is replaced (its policy keeps the data)',
      { Replacement: 'True', PolicyAction: 'ReplaceAndSnapshot' },
    ],
    ['may be replaced', { Replacement: 'Conditional' }],
    ['may be replaced', { Replacement: undefined }],
    ['is given the policy Delete', { PolicyAction: 'Delete' }],
  ])('a table %s', (what, members) => {
    expect(summarise([change(members)]).risky).toEqual([
      { resource: 'Data', type: 'AWS::DynamoDB::Table', what },
    ]);
  });

  test.each<[string, Partial<ResourceChange>]>([
    ['a table that is modified in place', {}],
    ['a table that is added', { Action: 'Add' }],
    ['a function that is replaced', { ResourceType: 'AWS::Lambda::Function', Replacement: 'True' }],
    ['a function that is removed', { ResourceType: 'AWS::Lambda::Function', Action: 'Remove' }],
  ])('%s is none', (_, members) => {
    expect(summarise([change(members)]).risky).toEqual([]);
  });

  test('what is inside a nested stack is not known, so its removal is one', () => {
    const nested = change({ ResourceType: 'AWS::CloudFormation::Stack', Action: 'Remove' });
    expect(summarise([nested])).toMatchObject({ nestedStacks: 1, risky: [{ what: 'is removed' }] });
  });

  test.each([
    'DynamoDB::Table',
    'S3::Bucket',
    'Cognito::UserPool',
    'KMS::Key',
    'RDS::DBCluster',
    'Redshift::Cluster',
    'RedshiftServerless::Namespace',
    'EFS::FileSystem',
    'OpenSearchService::Domain',
    'Kinesis::Stream',
    'SecretsManager::Secret',
    'Logs::LogGroup',
  ])('AWS::%s holds data', (type) => {
    expect(isStateful(`AWS::${type}`)).toBe(true);
    expect(isStateful(`AWS::${type}Policy`)).toBe(
      /^(DynamoDB|RDS|Redshift|RedshiftServerless):/.test(type),
    );
  });

  test('counts what is open until CloudFormation works', () => {
    const changes = [
      change({ Replacement: 'Conditional' }),
      change({ Action: 'Dynamic' }),
      change({}),
    ];
    expect(summarise(changes)).toMatchObject({ open: 2, modified: 2, added: 0, removed: 0 });
  });
});

describe('the question', () => {
  test('names parameters with a new value and every risk up to a length people read', () => {
    const changes = Array.from({ length: 30 }, (_, i) =>
      change({ LogicalResourceId: `T${i}`, Action: 'Remove' }),
    );
    const question = questionOf(
      { ...plan, warnings: ['Mind the gap.'] },
      summarise(changes),
      'set-1',
    );
    expect(question).toContain('Parameters with a new value: B; all others keep theirs.');
    expect(question).toContain('T24 (AWS::DynamoDB::Table) is removed; and 5 more');
    expect(question).toMatch(/Mind the gap\.$/);
  });
});

describe('fingerprints', () => {
  const members = fc.record({
    LogicalResourceId: fc.stringMatching(/^[A-Z]{1,3}$/),
    Action: fc.constantFrom('Add', 'Modify', 'Remove'),
    Replacement: fc.constantFrom('True', 'False', 'Conditional', undefined),
    Scope: fc.subarray(['Properties', 'Tags', 'Metadata']),
  });

  test('do not depend on the order of changes or scopes', () => {
    fc.assert(
      fc.property(fc.array(members), (list) => {
        const changes = list.map((one) => change(one as never));
        const turned = [...changes]
          .reverse()
          .map((one) => ({ ...one, Scope: [...one.Scope!].reverse() }));
        expect(hashOf(plan, turned)).toBe(hashOf(plan, changes));
      }),
    );
  });

  test.each<[string, ResourceChange]>([
    ['a replacement', change({ Replacement: 'True' })],
    ['a scope', change({ Scope: ['Tags'] })],
    ['a policy', change({ PolicyAction: 'Delete' })],
    ['a resource', change({ LogicalResourceId: 'Other' })],
    [
      'a property that needs recreation',
      change({ Details: [{ Target: { Name: 'KeySchema', RequiresRecreation: 'Always' } }] }),
    ],
  ])('tell %s apart', (_, other) => {
    expect(hashOf(plan, [other])).not.toBe(hashOf(plan, [change({})]));
  });

  test.each<[string, Partial<StackUpdatePlan>]>([
    ['a template', { templateUrl: 'https://example.com/u.json' }],
    ['a value', { parameters: [{ key: 'A' }, { key: 'B', value: '2' }] }],
    ['a kept value', { parameters: [{ key: 'A' }, { key: 'B' }] }],
    [
      'an empty value from a kept one',
      {
        parameters: [
          { key: 'A', value: '' },
          { key: 'B', value: '1' },
        ],
      },
    ],
    ['a role', { roleArn: 'arn:aws:iam::000000000000:role/r' }],
  ])('tell %s apart in a plan', (_, other) => {
    expect(planHash({ ...plan, ...other })).not.toBe(planHash(plan));
  });
});

test('names of change sets fit CloudFormation and differ for every run, step, item and attempt', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/);
  const key = fc.tuple(
    word,
    word,
    fc.option(word, { nil: undefined }),
    fc.integer({ min: 1, max: 9999 }),
  );
  const nameOf = ([runId, step, item, attempt]: [string, string, string | undefined, number]) =>
    changeSetName(
      { runId, item: item === undefined ? undefined : { map: 'm', key: item } },
      step,
      attempt,
    );
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(nameOf(a)).toMatch(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/);
      expect(nameOf(a) === nameOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
