// Which secrets may be meant, by their names and tags: secretsmanager:ListSecrets. No value is ever read.

import {
  paginateListSecrets,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../operate/aws';

/** What is told of a secret without reading it. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  /** Values of its tags. */
  readonly tags: readonly string[];
}

/** More are not named in a message. */
const MOST = 6;

export async function readSecrets(aws: Aws): Promise<Secret[]> {
  const client = aws.of('secretsmanager', (settings) => new SecretsManagerClient(settings));
  const all: SecretListEntry[] = [];
  for await (const page of paginateListSecrets({ client }, { MaxResults: 100 })) {
    all.push(...(page.SecretList ?? []));
  }
  return all.map(({ ARN, Name, Tags = [] }) => ({
    arn: ARN!,
    name: Name!,
    tags: Tags.flatMap(({ Value }) => Value ?? []),
  }));
}

/**
 * Secrets whose name or tags say the server `id`. One that says two servers is of the longer id: `edxapp-csmh/writer`
 * is not of `edxapp`.
 */
export function secretsOf(
  secrets: readonly Secret[],
  id: string,
  others: readonly string[],
): string[] {
  const longer = others.filter((other) => other !== id && says(other, id));
  const meant = ({ name, tags }: Secret) =>
    [name, ...tags].some((text) => says(text, id) && !longer.some((other) => says(text, other)));
  return secrets.filter(meant).map(({ arn }) => arn);
}

/** Whether a text has a word of that name: `-`, `/`, `:` and the like end it. */
function says(text: string, word: string): boolean {
  const literal = word.replace(/[^A-Za-z0-9]/g, '\\$&');
  return new RegExp(`(^|[^a-z0-9])${literal}($|[^a-z0-9])`, 'i').test(text);
}

/** `there is …`: for a member that is missing. */
export function candidates(arns: readonly string[]): string {
  const named = arns.slice(0, MOST).join(', ');
  const more = arns.length > MOST ? ` and ${arns.length - MOST} more` : '';
  return arns.length === 0 ? 'no secret has such a name or tag' : `by name or tag: ${named}${more}`;
}
