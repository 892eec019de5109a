import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Platform } from '../../lib/platform/platform';
import { Warehouse } from '../../lib/steps/warehouse';

/** Resources a task may use with this action. */
function resources(warehouse: Warehouse, action: string) {
  const stack = new Stack(new App(), 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  warehouse.grantStatements(Platform.of(stack).task('run-batches'));
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => Action === action)
    .flatMap(({ Resource }) => [Resource].flat())
    .map((arn) => JSON.stringify(arn));
}

const cluster = { cluster: 'c', database: 'd', region: 'eu-west-1' };

it.each([
  ['a role', {}, 'redshift:GetClusterCredentialsWithIAM', ['dbname:c/d']],
  ['a user', { dbUser: 'u' }, 'redshift:GetClusterCredentials', ['dbname:c/d', 'dbuser:c/u']],
])('gets credentials of %s in the region of the cluster', (_, change, action, names) => {
  const found = resources(Warehouse.provisioned({ ...cluster, ...change }), action);
  expect(found).toEqual(
    names.map((name) => expect.stringContaining(`:redshift:eu-west-1:000000000000:${name}`)),
  );
});

it('uses the stack’s region for a warehouse that names none', () => {
  const here = Warehouse.provisioned({ cluster: 'c', database: 'd' });
  const [arn] = resources(here, 'redshift:GetClusterCredentialsWithIAM');
  expect(arn).toContain('AWS::Region');
});

describe('a secret', () => {
  const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:s';
  const { fromSecretAttributes } = secretsmanager.Secret;

  /** Statements of the task about the secret and its key. */
  function statements(attributes: Partial<secretsmanager.SecretAttributes>, key = false) {
    const stack = new Stack(new App(), 'example', {
      env: { account: '000000000000', region: 'us-east-1' },
    });
    const encryptionKey = key
      ? kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:000000000000:key/k')
      : undefined;
    const secret = fromSecretAttributes(stack, 'Secret', { ...attributes, encryptionKey });
    const warehouse = Warehouse.serverless({ workgroup: 'w', database: 'd', secret });
    warehouse.grantStatements(Platform.of(stack).task('run-batches'));
    return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => /secretsmanager|kms|Credentials/.test(JSON.stringify(Action)));
  }

  it.each([
    ['as a whole', { secretCompleteArn: `${ARN}-Ab12Cd` }, `${ARN}-Ab12Cd`],
    ['without its last part', { secretPartialArn: ARN }, `${ARN}-??????`],
  ])('is read and nothing else, when its ARN is known %s', (_, attributes, Resource) => {
    expect(statements(attributes)).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource },
    ]);
  });

  it('is decrypted through its service only', () => {
    const [, decrypt] = statements({ secretCompleteArn: `${ARN}-Ab12Cd` }, true);
    expect(decrypt).toMatchObject({
      Action: 'kms:Decrypt',
      Resource: 'arn:aws:kms:us-east-1:000000000000:key/k',
    });
    expect(JSON.stringify(decrypt.Condition)).toMatch(
      /StringEquals.*kms:ViaService.*secretsmanager\.us-east-1/,
    );
  });
});
