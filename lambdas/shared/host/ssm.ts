// The two calls of Systems Manager that the tasks make, signed as the service's JSON protocol wants it.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/

import { fromEnv } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { TryAgainError } from '../errors';
import { Sha256 } from '../kubernetes/token';

/** What Run Command says about a command on one instance. */
export interface Invocation {
  /** `Pending`, `InProgress`, `Delayed`, `Success`, `Cancelled`, `TimedOut`, `Failed`, `Cancelling`. */
  readonly Status: string;
  /** Says more: `DeliveryTimedOut`, `ExecutionTimedOut`, `Undeliverable`, `Terminated` and others. */
  readonly StatusDetails: string;
  /** The first 24,000 characters. */
  readonly StandardOutputContent: string;
  /** The first 8,000. */
  readonly StandardErrorContent: string;
}

/** A command that shall run. */
export interface NewCommand {
  readonly instanceId: string;
  readonly text: string;
  /** Shown in the list of commands. */
  readonly comment: string;
  /** Seconds after which a command that is not delivered counts as undeliverable, at least 30. */
  readonly deliverySeconds: number;
  /** Seconds after which the agent ends the command. */
  readonly runSeconds: number;
}

/** Run Command of one region. */
export interface RunCommand {
  /** Sends a command; returns its id. */
  send(command: NewCommand): Promise<string>;
  /** How it is doing. Throws `InvocationDoesNotExist` for some seconds after it was sent. */
  invocation(commandId: string, instanceId: string): Promise<Invocation>;
}

const ANSWER_MS = 20_000;
const DOCUMENT = 'AWS-RunShellScript';

/** Systems Manager as it is reached from a task. */
export class SystemsManager implements RunCommand {
  private readonly url: URL;

  constructor(
    private readonly region: string,
    private readonly credentials = fromEnv(),
    env: NodeJS.ProcessEnv = process.env,
  ) {
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    // As every SDK does it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    this.url = new URL(
      env.AWS_ENDPOINT_URL_SSM ?? env.AWS_ENDPOINT_URL ?? `https://ssm.${region}.${domain}`,
    );
  }

  async send(command: NewCommand): Promise<string> {
    const { instanceId, text, comment, deliverySeconds, runSeconds } = command;
    const answer = await this.call('SendCommand', {
      DocumentName: DOCUMENT,
      InstanceIds: [instanceId],
      Comment: comment.slice(0, 100),
      TimeoutSeconds: deliverySeconds,
      Parameters: { commands: [text], executionTimeout: [String(runSeconds)] },
    });
    return (answer.Command as { CommandId: string }).CommandId;
  }

  async invocation(CommandId: string, InstanceId: string): Promise<Invocation> {
    return (await this.call('GetCommandInvocation', { CommandId, InstanceId })) as never;
  }

  private async call(operation: string, input: object): Promise<Record<string, unknown>> {
    const { region, url } = this;
    const signer = new SignatureV4({
      service: 'ssm',
      region,
      credentials: this.credentials,
      sha256: Sha256,
    });
    const body = JSON.stringify(input);
    const signed = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      port: url.port === '' ? undefined : Number(url.port),
      path: '/',
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonSSM.${operation}`,
      },
      body,
    });
    const { host: _, ...headers } = signed.headers;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, signal }).catch((cause) => {
      const why = (cause as Error).cause ?? cause;
      throw new TryAgainError(`ssm:${operation} got no answer: ${why}`, { cause });
    });
    const value = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    if (answer.ok) return value;
    const name = String(value.__type ?? `HTTP ${answer.status}`).replace(/^.*#/, '');
    const message = String(value.message ?? value.Message ?? `ssm:${operation} was refused`);
    throw Object.assign(new Error(message), {
      name,
      $metadata: { httpStatusCode: answer.status },
    });
  }
}
