// The two calls of Systems Manager that the tasks make.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/

import {
  GetCommandInvocationCommand,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';

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

const DOCUMENT = 'AWS-RunShellScript';

/** Systems Manager as it is reached from a task. A command that is sent twice attaches to the unit of the first. */
export class SystemsManager implements RunCommand {
  constructor(private readonly client: Pick<SSMClient, 'send'>) {}

  async send(command: NewCommand): Promise<string> {
    const { instanceId, text, comment, deliverySeconds, runSeconds } = command;
    const answer = await this.client.send(
      new SendCommandCommand({
        DocumentName: DOCUMENT,
        InstanceIds: [instanceId],
        Comment: comment.slice(0, 100),
        TimeoutSeconds: deliverySeconds,
        Parameters: { commands: [text], executionTimeout: [String(runSeconds)] },
      }),
    );
    return answer.Command!.CommandId!;
  }

  async invocation(CommandId: string, InstanceId: string): Promise<Invocation> {
    const answer = await this.client.send(
      new GetCommandInvocationCommand({ CommandId, InstanceId }),
    );
    const { Status, StatusDetails, StandardOutputContent, StandardErrorContent } = answer;
    return {
      Status: Status ?? 'Pending',
      StatusDetails: StatusDetails ?? '',
      StandardOutputContent: StandardOutputContent ?? '',
      StandardErrorContent: StandardErrorContent ?? '',
    };
  }
}
