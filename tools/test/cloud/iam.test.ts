import { Iam } from '../../rehearsal/iam/iam';
import type { PolicyDocument, Statement } from '../../rehearsal/iam/policy';
import type { Principal } from '../../rehearsal/types';

const account = '000000000000';
const role: Principal = { kind: 'role', arn: `arn:aws:iam::${account}:role/Task`, account };
const states: Principal = { kind: 'service', arn: 'events.amazonaws.com', account };
const policy = (...statements: Statement[]): PolicyDocument => ({ Statement: statements });
const table = `arn:aws:dynamodb:us-east-1:${account}:table/Ledger`;

describe('identity policies', () => {
  test.each<[string, Statement, string, string, boolean]>([
    [
      'names',
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table },
      'dynamodb:GetItem',
      table,
      true,
    ],
    [
      'other actions',
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table },
      'dynamodb:PutItem',
      table,
      false,
    ],
    [
      'wildcards',
      { Effect: 'Allow', Action: 'dynamodb:*Item', Resource: '*' },
      'dynamodb:PutItem',
      table,
      true,
    ],
    [
      'case of actions',
      { Effect: 'Allow', Action: 'DynamoDB:putitem', Resource: '*' },
      'dynamodb:PutItem',
      table,
      true,
    ],
    [
      'resource prefixes',
      { Effect: 'Allow', Action: '*', Resource: `${table}/index/*` },
      'dynamodb:Query',
      table,
      false,
    ],
    [
      'NotAction',
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      'dynamodb:Query',
      table,
      true,
    ],
    [
      'NotResource',
      { Effect: 'Allow', Action: '*', NotResource: table },
      'dynamodb:Query',
      table,
      false,
    ],
  ])('judge by %s', (_name, statement, action, resource, allowed) => {
    const iam = new Iam(account);
    iam.attach(role.arn, policy(statement));
    const call = () => iam.authorize(role, action, resource);
    expect(outcome(call)).toBe(allowed);
  });

  test('name the session, the action and the resource in a refusal', () => {
    const iam = new Iam(account);
    iam.attach(role.arn, policy());
    expect(() => iam.authorize(role, 'dynamodb:PutItem', table)).toThrow(
      'User: arn:aws:sts::000000000000:assumed-role/Task/rehearsal is not authorized to perform: ' +
        `dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  });

  test('lose against an explicit deny', () => {
    const iam = new Iam(account);
    iam.attach(role.arn, policy({ Effect: 'Allow', Action: '*', Resource: '*' }));
    iam.attach(role.arn, policy({ Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: '*' }));
    expect(() => iam.authorize(role, 'dynamodb:PutItem', table)).toThrow('explicit deny');
  });
});

describe('conditions', () => {
  test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['StringEquals', { k: 'a' }, { k: 'a' }, true],
    ['StringEquals', { k: 'a' }, {}, false],
    ['StringEqualsIfExists', { k: 'a' }, {}, true],
    ['StringNotEquals', { k: 'a' }, { k: 'a' }, false],
    ['StringNotEquals', { k: 'a' }, {}, true],
    ['StringLike', { K: 'x*z' }, { k: 'xyz' }, true],
    ['StringNotLike', { k: 'x*' }, { k: 'xyz' }, false],
    [
      'ArnLike',
      { k: 'arn:aws:states:*:*:stateMachine:a*' },
      { k: 'arn:aws:states:r:1:stateMachine:ab' },
      true,
    ],
    [
      'ArnLike',
      { k: 'arn:aws:states:*:stateMachine:a' },
      { k: 'arn:aws:states:r:1:stateMachine:a' },
      false,
    ],
    ['Bool', { 'aws:SecureTransport': 'false' }, {}, false],
    ['Null', { k: 'true' }, {}, true],
    ['ForAnyValue:StringEquals', { k: 'a' }, { k: 'a' }, true],
  ])('%s %j with %j', (operator, expected, context, allowed) => {
    const iam = new Iam(account);
    const Condition = { [operator]: expected };
    iam.attach(role.arn, policy({ Effect: 'Allow', Action: '*', Resource: '*', Condition }));
    expect(outcome(() => iam.authorize(role, 'a:B', 'r', context))).toBe(allowed);
  });

  test('refuse an operator they do not know, when it is provisioned', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const document = policy({ Effect: 'Allow', Action: '*', Resource: '*', Condition });
    expect(() => new Iam(account).attach(role.arn, document, 'Policy1')).toThrow(
      'Policy1: condition operator IpAddress is not known to the rehearsal',
    );
  });
});

describe('resource policies', () => {
  const key = `arn:aws:kms:us-east-1:${account}:key/k`;
  const toAccount: Statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const allowKms = policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key });

  test('of a key must agree: identity alone does not open it', () => {
    const iam = new Iam(account);
    iam.attach(role.arn, allowKms);
    expect(() => iam.authorize(role, 'kms:Decrypt', key)).toThrow('no resource-based policy');
  });

  test('of a key may leave the decision to the account, and then identity decides', () => {
    const iam = new Iam(account);
    iam.protect(key, policy(toAccount));
    expect(() => iam.authorize(role, 'kms:Decrypt', key)).toThrow('no identity-based policy');
    iam.attach(role.arn, allowKms);
    expect(outcome(() => iam.authorize(role, 'kms:Decrypt', key))).toBe(true);
  });

  test('are all that speaks for a service', () => {
    const topic = `arn:aws:sns:us-east-1:${account}:t`;
    const iam = new Iam(account);
    expect(outcome(() => iam.authorize(states, 'sns:Publish', topic))).toBe(false);
    const Principal = { Service: 'events.amazonaws.com' };
    iam.protect(
      topic,
      policy({ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: topic }),
    );
    expect(outcome(() => iam.authorize(states, 'sns:Publish', topic))).toBe(true);
  });

  test('deny also what the identity may', () => {
    const bucket = 'arn:aws:s3:::b';
    const iam = new Iam(account);
    iam.attach(role.arn, policy({ Effect: 'Allow', Action: '*', Resource: '*' }));
    iam.protect(
      `${bucket}*`,
      policy({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: [bucket, `${bucket}/*`],
      }),
    );
    expect(() => iam.authorize(role, 's3:GetObject', `${bucket}/k`)).toThrow('resource-based');
  });
});

describe('a service', () => {
  const machine = `arn:aws:states:us-east-1:${account}:stateMachine:m`;
  const trust = (Service: string, Condition?: Statement['Condition']): PolicyDocument =>
    policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', Condition });
  const assumed = (document: PolicyDocument) => {
    const iam = new Iam(account);
    iam.protect(role.arn, document);
    return outcome(() => iam.assume('states.amazonaws.com', role.arn, machine));
  };

  test.each<[string, PolicyDocument, boolean]>([
    ['that trusts it', trust('states.amazonaws.com'), true],
    ['that trusts another', trust('lambda.amazonaws.com'), false],
    [
      'that trusts it for machines of the account',
      trust('states.amazonaws.com', {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': 'arn:aws:states:us-east-1:*:stateMachine:*' },
      }),
      true,
    ],
    [
      'that trusts it for another account',
      trust('states.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '111111111111' } }),
      false,
    ],
    ['that trusts nobody', policy(), false],
  ])('works with a role %s: %#', (_name, document, allowed) => {
    expect(assumed(document)).toBe(allowed);
  });
});

describe('what allowed a call', () => {
  const other = `${table}2`;
  const both: Statement = {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Put*'],
    Resource: [table, other],
  };

  test('is noted once, by statement, action and resource', () => {
    const iam = new Iam(account);
    iam.attach(role.arn, policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }, both), 'Own');
    for (let times = 0; times < 3; times++) iam.authorize(role, 'dynamodb:PutItem', table);
    expect([...iam.used]).toEqual([`Own[1] dynamodb:Put* ${table}`]);
  });

  test('is noted of the resource as well, and of the account in whose hands it lays the decision', () => {
    const key = `arn:aws:kms:us-east-1:${account}:key/k`;
    const iam = new Iam(account);
    const Principal = { AWS: `arn:aws:iam::${account}:root` };
    iam.protect(key, policy({ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }), 'Key');
    iam.attach(role.arn, policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key }), 'Own');
    iam.authorize(role, 'kms:Decrypt', key);
    expect([...iam.used]).toEqual([`Own[0] kms:Decrypt ${key}`, 'Key[0] kms:* *']);
  });

  test('is not noted when the call was refused', () => {
    const iam = new Iam(account);
    iam.attach(role.arn, policy(both), 'Own');
    iam.attach(role.arn, policy({ Effect: 'Deny', Action: '*', Resource: table }));
    expect(outcome(() => iam.authorize(role, 'dynamodb:GetItem', table))).toBe(false);
    expect(iam.used.size).toBe(0);
  });
});

const outcome = (call: () => void): boolean => {
  try {
    call();
    return true;
  } catch {
    return false;
  }
};
