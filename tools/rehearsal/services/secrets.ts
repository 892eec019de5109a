// Secrets Manager: the secrets the scenario says exist.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { integer, needed, read, text } from './members';
import { PageTokens } from './page-tokens';

/** Secrets by ARN or name; a value that is no string is stored as JSON. */
export class SecretsService implements Service {
  readonly target = 'secretsmanager';
  readonly protocol = 'json-1.1';

  private readonly tokens: PageTokens;

  constructor(
    private readonly clock: Clock,
    /** `arn:aws:secretsmanager:<region>:<account>:secret:` */
    private readonly secretArns: string,
    private readonly secrets: Readonly<Record<string, unknown>>,
    /** By ARN or name. */
    private readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  ) {
    this.tokens = new PageTokens(clock, 'InvalidNextTokenException');
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, input, authorize } = request;
    if (operation === 'ListSecrets') return this.list(request);
    if (operation !== 'GetSecretValue') {
      throw new ServiceError('InvalidAction', `Secrets Manager ${operation} is not rehearsed`);
    }
    const { SecretId: id } = read(input, { SecretId: needed(text(1, 2048)) });
    // An ARN may lack what Secrets Manager adds to the name; rights are weighed for the whole one.
    const key = Object.keys(this.secrets).find((known) =>
      [known, `${this.secretArns}${known}`, `${this.secretArns}${known}-rehear`].includes(id),
    );
    const name = key ?? id;
    const arn = this.arnOf(name);
    authorize('secretsmanager:GetSecretValue', arn);
    if (key === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      throw new ServiceError('ResourceNotFoundException', message);
    }
    const value = this.secrets[key];
    return {
      ARN: arn,
      Name: this.nameOf(arn),
      SecretString: typeof value === 'string' ? value : JSON.stringify(value),
      VersionId: '00000000-0000-0000-0000-000000000001',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(this.clock.now()),
    };
  }

  /** Names and tags; no value is told. */
  private list({ operation, input, authorize }: ServiceRequest): Record<string, unknown> {
    const shape = { MaxResults: integer(1, 100), NextToken: text(1, 4096) };
    const { MaxResults: maxResults, NextToken: nextToken } = read(input, shape);
    authorize('secretsmanager:ListSecrets', '*');
    const known = Object.keys(this.secrets);
    const page = this.tokens.of(operation, { maxResults, nextToken }, known, (key) => {
      const ARN = this.arnOf(key);
      const Tags = Object.entries(this.tags[key] ?? {}).map(([Key, Value]) => ({ Key, Value }));
      return { ARN, Name: this.nameOf(ARN), Tags };
    });
    return { SecretList: page.items, NextToken: page.nextToken };
  }

  private arnOf(key: string): string {
    return key.startsWith('arn:') ? key : `${this.secretArns}${key}-rehear`;
  }

  private nameOf(arn: string): string {
    return arn.replace(this.secretArns, '').replace(/-\w{6}$/, '');
  }
}
