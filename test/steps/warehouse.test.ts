import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
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
