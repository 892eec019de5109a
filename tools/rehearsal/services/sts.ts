// Who am I, and may I be somebody else: https://docs.aws.amazon.com/STS/latest/APIReference/

import { type Callers, newProcess } from '../iam/callers';
import { sessionArn } from '../iam/iam';
import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import type { ServerRequest } from './server';

/** Sessions of the account's roles. */
export class StsService implements Service {
  readonly target = 'sts';
  readonly protocol = 'query';

  constructor(
    private readonly clock: Clock,
    private readonly callers: Callers,
  ) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const { operation, principal, input } = request;
    if (operation === 'GetCallerIdentity') {
      const Arn = sessionArn(principal);
      return { Arn, UserId: `AROA:${Arn.split('/').at(-1)}`, Account: principal.account };
    }
    if (operation !== 'AssumeRole') {
      throw new ServiceError('InvalidAction', `STS ${operation} is not rehearsed`);
    }
    const arn = String(input.RoleArn);
    const externalId = input.ExternalId as string | undefined;
    request.authorize('sts:AssumeRole', arn, externalId ? { 'sts:ExternalId': externalId } : {});
    const expires = this.clock.now() + Number(input.DurationSeconds ?? 3600) * 1000;
    // The session's requests come from the same process: its rest depends on them too.
    const process = (request as ServerRequest).process ?? newProcess();
    const role = { kind: 'role', arn, account: principal.account } as const;
    const { credentials } = this.callers.mint(role, process, expires);
    const session = String(input.RoleSessionName);
    return {
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: new Date(expires),
      },
      AssumedRoleUser: {
        Arn: sessionArn(role).replace(/[^/]*$/, session),
        AssumedRoleId: `AROA:${session}`,
      },
    };
  }
}
