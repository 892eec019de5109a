// Permissions with their reason. A wildcard in a resource is written down where the permission is
// given, so that the guard rails (cdk-nag) know it and a reader does not have to ask.

import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';

/** Adds a permission to a principal. `reason` is needed when a resource has a wildcard. */
export function allow(
  grantee: iam.IGrantable & IConstruct,
  actions: readonly string[],
  resources: readonly string[],
  reason?: string,
): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }),
  );
  if (reason !== undefined) acknowledgeWildcards(grantee, resources, reason);
}

/**
 * Lets a principal read a secret's value and nothing else of it, which is what the Redshift Data API
 * does for its caller. https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html
 */
export function allowSecret(
  grantee: iam.IGrantable & IConstruct,
  secret: secretsmanager.ISecret,
  region = Stack.of(grantee).region,
): void {
  // Of a secret that is known by its name the last six characters of the ARN are not known.
  const arn = secret.secretFullArn ?? `${secret.secretArn}-??????`;
  allow(grantee, ['secretsmanager:GetSecretValue'], [arn]);
  if (!secret.encryptionKey) return;
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [secret.encryptionKey.keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': `secretsmanager.${region}.${Aws.URL_SUFFIX}`,
        },
      },
    }),
  );
}

/** Writes down why these resources are named by a wildcard. */
export function acknowledgeWildcards(
  scope: IConstruct,
  resources: readonly string[],
  reason: string,
): void {
  for (const resource of resources) {
    const name = flat(Stack.of(scope).resolve(resource));
    if (name.includes('*')) {
      Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${name}]`, reason });
    }
  }
}

/** A resolved ARN as cdk-nag spells it in the ids of its findings: references in angle brackets. */
function flat(node: unknown): string {
  if (typeof node === 'string') return node.replace(/\$\{/g, '<').replace(/\}/g, '>');
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = node as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
    'Fn::Join'?: [string, unknown[]];
  };
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute) return `<${attribute.join('.')}>`;
  return join ? join[1].map(flat).join(join[0]) : JSON.stringify(node);
}
