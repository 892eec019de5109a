// How tasks come to the console: its address and version from its stack, its token from a secret.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConsoleTokenError, PipelineRefusedError } from '../errors';
import { type StackDeps, stackDeps } from '../stacks/deps';
import { ConsoleApi } from './console-api';
import { inTime } from './network-path';
import { describedVersion } from './templates';
import { fullVersion } from './versions';

/** The console of a project, as payloads name it. */
export interface ConsoleRef {
  readonly stackName: string;
  readonly region: string;
  /** Secret with the token of its API; null: a person works with the console. */
  readonly tokenSecretArn: string | null;
  /** Whether the task runs in a VPC to reach it. */
  readonly inVpc: boolean;
}

export interface ConsoleDeps extends StackDeps {
  /** Value of a secret, or undefined when it has none as text. */
  secret(arn: string): Promise<string | undefined>;
  readonly fetch: typeof fetch;
}

/** What the console's stack says. */
export interface ConsoleStack {
  readonly url: string;
  /** Full version, to which its pipelines are upgraded. */
  readonly version: string;
}

/** Reads the console's stack. */
export async function consoleStack(deps: StackDeps, ref: ConsoleRef): Promise<ConsoleStack> {
  const { stackName, region } = ref;
  const call = deps.cloudFormation(region).stack(stackName);
  const stack = await inTime(ref.inVpc, 'CloudFormation', call);
  const described = describedVersion(stack?.Description ?? '');
  const url = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'ControlPlaneURL')?.OutputValue;
  if (!described || !url) {
    throw new PipelineRefusedError(
      `stack ${stackName} in ${region} ${stack ? 'has no output ControlPlaneURL or no version in its description' : 'does not exist'}: ` +
        'it is no console of Clickstream Analytics on AWS. Nothing was changed; set console.stackName and console.region in the configuration, deploy and redrive',
    );
  }
  return { url: url.replace(/\/+$/, ''), version: fullVersion(described.version) };
}

/** The console's API, once its token is there and the way to it is proven. */
export async function openConsole(
  deps: ConsoleDeps,
  ref: ConsoleRef & { readonly tokenSecretArn: string },
  { url }: ConsoleStack,
): Promise<ConsoleApi> {
  const value = await inTime(ref.inVpc, 'Secrets Manager', deps.secret(ref.tokenSecretArn));
  const api = new ConsoleApi(url, tokenOf(value, ref.tokenSecretArn), deps.fetch);
  await api.prove(ref.inVpc);
  return api;
}

/** The secret's value is the token, or JSON with member `token`. */
function tokenOf(value: string | undefined, arn: string): string {
  const text = (value ?? '').trim();
  const token = text.startsWith('{') ? memberOf(text) : text;
  // What cannot stand in a header is no token; its value must not reach the message.
  if (typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token)) return token;
  throw new ConsoleTokenError(
    `secret ${arn} holds no token: its value must be an OIDC id token of the console, or JSON {"token": "…"}. ` +
      'Nothing was changed; put a fresh one there, then redrive',
  );
}

function memberOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { token?: unknown }).token;
  } catch {
    return undefined;
  }
}

const clients = new Map<string, SecretsManagerClient>();

/** Clients of this container; needs LEDGER_TABLE. */
export const consoleDeps = (): ConsoleDeps => ({
  ...stackDeps(),
  fetch,
  async secret(arn) {
    const region = arn.split(':')[3]!;
    const client = clients.get(region) ?? new SecretsManagerClient({ region, maxAttempts: 4 });
    clients.set(region, client);
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  },
});
