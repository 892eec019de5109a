// Run Command of Systems Manager on the hosts of the scenario: eventually consistent, one command after the
// other, and an output that is cut at its end.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/

import { randomUUID } from 'node:crypto';
import type { Ended, TutorHost } from '../host';
import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { integer, listOf, needed, read, text } from './members';

type Status = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

interface Command {
  readonly CommandId: string;
  readonly host: TutorHost;
  readonly text: string;
  readonly comment?: string;
  readonly requestedAt: number;
  readonly runSeconds: number;
  status: Status;
  details: string;
  ended?: Ended;
}

const INSTANCE = needed(text(10, 20, { pattern: /^(i|mi)-[0-9a-f]{8,17}$/ }));
const COMMAND = needed(text(36, 36));
const SEND = {
  DocumentName: needed(text(1, 256)),
  InstanceIds: needed(listOf(INSTANCE, 1, 50)),
  Comment: text(0, 100),
  TimeoutSeconds: integer(30, 2_592_000),
};
/** Until then nobody knows the command: https://github.com/boto/boto3/issues/2701 */
const KNOWN_AFTER_MS = 1_500;
/** When the agent takes it up. */
const TAKEN_AFTER_MS = 1_000;
/** An agent that was silent this long is not connected. */
const CONNECTION_LOST_MS = 300_000;
const MOST_OUTPUT = 24_000;
const MOST_ERRORS = 8_000;

/** The stand-in; see the head of the file. */
export class SystemsManagerService implements Service {
  readonly target = 'AmazonSSM';
  readonly protocol = 'json-1.1';
  readonly commands: Command[] = [];
  /** What runs on a host: the agent works on one command after the other. */
  private readonly queues = new Map<string, Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly hosts: readonly TutorHost[],
    /** ARN of what a service has in a region. */
    private readonly arn: (service: string, resource: string, region?: string) => string,
    private readonly problems: Error[],
  ) {}

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    switch (request.operation) {
      case 'SendCommand':
        return this.send(request);
      case 'GetCommandInvocation':
        return this.invocation(request);
      case 'ListCommands':
        return this.list(request);
      case 'CancelCommand':
        return this.cancel(request);
      case 'DescribeInstanceInformation':
        return this.nodes(request);
      default:
        throw new ServiceError(
          'InvalidAction',
          `Systems Manager ${request.operation} is not rehearsed`,
        );
    }
  }

  private send({ input, authorize, region }: ServiceRequest): Record<string, unknown> {
    const { Parameters, ...rest } = input;
    const { DocumentName, InstanceIds, Comment, TimeoutSeconds = 3600 } = read(rest, SEND);
    const { commands, executionTimeout } = (Parameters ?? {}) as Record<string, string[]>;
    for (const id of InstanceIds)
      authorize('ssm:SendCommand', this.arn('ec2', `instance/${id}`, region));
    authorize('ssm:SendCommand', `arn:aws:ssm:${region}::document/${DocumentName}`);
    if (DocumentName !== 'AWS-RunShellScript') throw new ServiceError('InvalidDocument', '');
    if (!commands?.every((line) => typeof line === 'string'))
      throw new ServiceError('InvalidParameters', 'commands');
    // What looks like a parameter of the store is filled in before the host sees it.
    const [filled] = /\{\{[^}]*\}\}/.exec(commands.join('\n')) ?? [];
    if (filled) throw new ServiceError('InvalidParameters', `Parameter ${filled} is not defined`);
    const host = this.hosts.find(({ id }) => id === InstanceIds[0]);
    const now = this.clock.now();
    const silent = host?.silentSince !== undefined && now - host.silentSince > CONNECTION_LOST_MS;
    if (!host || silent) {
      const message = `Instances [[${InstanceIds}]] not in a valid state for account`;
      throw new ServiceError('InvalidInstanceId', message);
    }
    const command: Command = {
      CommandId: randomUUID(),
      host,
      text: commands.join('\n'),
      comment: Comment,
      requestedAt: now,
      runSeconds: Number(executionTimeout?.[0] ?? 3600),
      status: 'Pending',
      details: 'Pending',
    };
    this.commands.push(command);
    const before = this.queues.get(host.id) ?? Promise.resolve();
    const queued = before.then(() => this.deliver(command, now + TimeoutSeconds * 1000));
    this.queues.set(
      host.id,
      queued.catch((error) => void this.problems.push(error)),
    );
    return { Command: this.describe(command) };
  }

  /** Until it is taken up, or its time for that is over. */
  private async deliver(command: Command, until: number): Promise<void> {
    await this.clock.sleep(TAKEN_AFTER_MS);
    while (command.host.silentSince !== undefined) {
      if (this.clock.now() >= until) return this.end(command, 'TimedOut', 'DeliveryTimedOut');
      await this.clock.sleep(5_000);
    }
    if (command.status !== 'Pending') return;
    if (this.clock.now() >= until) return this.end(command, 'TimedOut', 'DeliveryTimedOut');
    command.status = 'InProgress';
    command.details = 'InProgress';
    command.ended = await command.host.run(command.text);
    if (command.host.silentSince !== undefined) {
      // Nobody is left to say how it ended.
      const due = command.requestedAt + command.runSeconds * 1000;
      void this.clock
        .sleep(Math.max(0, due - this.clock.now()))
        .then(() => this.end(command, 'TimedOut', 'ExecutionTimedOut'));
      return;
    }
    const good = command.ended.status === 0;
    this.end(command, good ? 'Success' : 'Failed', good ? 'Success' : 'Failed');
  }

  private end(command: Command, status: Status, details: string): void {
    command.status = status;
    command.details = details;
  }

  private find(id: string): Command {
    const command = this.commands.find(({ CommandId }) => CommandId === id);
    if (!command || this.clock.now() - command.requestedAt < KNOWN_AFTER_MS) {
      throw new ServiceError('InvocationDoesNotExist', '');
    }
    return command;
  }

  private invocation({ input, authorize }: ServiceRequest): Record<string, unknown> {
    const { CommandId, InstanceId } = read(input, { CommandId: COMMAND, InstanceId: INSTANCE });
    authorize('ssm:GetCommandInvocation', '*');
    const { status, details, ended, comment } = this.find(CommandId);
    const over = status === 'Success' || status === 'Failed' ? ended : undefined;
    return {
      CommandId,
      InstanceId,
      Comment: comment ?? '',
      DocumentName: 'AWS-RunShellScript',
      PluginName: 'aws:runShellScript',
      ResponseCode: over?.status ?? -1,
      Status: status,
      StatusDetails: details,
      StandardOutputContent: (over?.output ?? '').slice(0, MOST_OUTPUT),
      StandardErrorContent: (over?.errors ?? '').slice(0, MOST_ERRORS),
    };
  }

  private list({ input, authorize }: ServiceRequest): Record<string, unknown> {
    const { CommandId } = read(input, {
      CommandId: text(36, 36),
      InstanceId: text(10, 20),
      MaxResults: integer(1, 50),
    });
    authorize('ssm:ListCommands', '*');
    const meant = this.commands.filter(
      (one) => CommandId === undefined || one.CommandId === CommandId,
    );
    return {
      Commands: meant
        .slice(-50)
        .reverse()
        .map((one) => this.describe(one)),
    };
  }

  private nodes({ input, authorize }: ServiceRequest): Record<string, unknown> {
    read(input, { MaxResults: integer(5, 50), NextToken: text(1, 1000) });
    authorize('ssm:DescribeInstanceInformation', '*');
    const now = this.clock.now();
    const list = this.hosts.map(({ id, silentSince = now }) => ({
      InstanceId: id,
      PingStatus: now - silentSince > CONNECTION_LOST_MS ? 'ConnectionLost' : 'Online',
      LastPingDateTime: new Date(silentSince),
      PlatformType: 'Linux',
      ResourceType: id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
    }));
    return { InstanceInformationList: list };
  }

  private cancel({ input, authorize }: ServiceRequest): Record<string, unknown> {
    const { CommandId } = read(input, { CommandId: COMMAND });
    authorize('ssm:CancelCommand', '*');
    const command = this.find(CommandId);
    if (command.status === 'Pending') this.end(command, 'Cancelled', 'Cancelled');
    return {};
  }

  private describe({ CommandId, status, details, comment, requestedAt, host }: Command): object {
    return {
      CommandId,
      Comment: comment ?? '',
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [host.id],
      RequestedDateTime: new Date(requestedAt),
      Status: status,
      StatusDetails: details,
    };
  }
}
