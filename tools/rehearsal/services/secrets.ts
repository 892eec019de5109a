// Secrets Manager: the secrets the scenario says exist.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { needed, read, text } from './members';

/** Secrets by ARN or name; a value that is no string is stored as JSON. */
export class SecretsService implements Service {
  readonly target = 'secretsmanager';
  readonly protocol = 'json-1.1';

  constructor(
    private readonly clock: Clock,
    /** `arn:aws:secretsmanager:<region>:<account>:secret:` */
    private readonly secretArns: string,
    private readonly secrets: Readonly<Record<string, unknown>>,
  ) {}

  async call({ operation, input, authorize }: ServiceRequest): Promise<Record<string, unknown>> {
    if (operation !== 'GetSecretValue') {
      throw new ServiceError('InvalidAction', `Secrets Manager ${operation} is not rehearsed`);
    }
    const { SecretId: id } = read(input, { SecretId: needed(text(1, 2048)) });
    // An ARN may lack what Secrets Manager adds to the name; rights are weighed for the whole one.
    const key = Object.keys(this.secrets).find((known) =>
      [known, `${this.secretArns}${known}`, `${this.secretArns}${known}-rehear`].includes(id),
    );
    const name = key ?? id;
    const arn = name.startsWith('arn:') ? name : `${this.secretArns}${name}-rehear`;
    authorize('secretsmanager:GetSecretValue', arn);
    if (key === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      throw new ServiceError('ResourceNotFoundException', message);
    }
    const value = this.secrets[key];
    return {
      ARN: arn,
      Name: arn.replace(this.secretArns, '').replace(/-\w{6}$/, ''),
      SecretString: typeof value === 'string' ? value : JSON.stringify(value),
      VersionId: '00000000-0000-0000-0000-000000000001',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(this.clock.now()),
    };
  }
}
