// Topics: whoever publishes needs the topic's and, where it is encrypted, its key's leave.

import { randomUUID } from 'node:crypto';
import type { Notice } from '../cloud';
import type { Iam } from '../iam/iam';
import {
  type Clock,
  type Principal,
  type Service,
  ServiceError,
  type ServiceRequest,
} from '../types';

/** A topic of the template. */
export interface Topic {
  readonly arn: string;
  /** ARN of its customer key. */
  readonly keyArn?: string;
}

/** What a publisher says. */
export interface Message {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
}

/** Topics and the inbox of everybody who subscribed. */
export class SnsService implements Service {
  readonly target = 'sns';
  readonly protocol = 'query';
  readonly notices: Notice[] = [];
  readonly listeners = new Set<(notice: Notice) => void>();
  private readonly topics = new Map<string, Topic>();

  constructor(
    private readonly clock: Clock,
    private readonly iam: Iam,
  ) {}

  add(topic: Topic): void {
    this.topics.set(topic.arn, topic);
  }

  async call({ operation, input, principal }: ServiceRequest): Promise<Record<string, unknown>> {
    if (operation !== 'Publish') {
      throw new ServiceError('InvalidAction', `SNS ${operation} is not rehearsed`);
    }
    const { TopicArn, Subject, Message } = input as Record<string, string | undefined>;
    if (!TopicArn || !Message) {
      throw new ServiceError('InvalidParameter', 'Invalid parameter: TopicArn and Message');
    }
    if (Subject !== undefined && !/^[^\p{Cc}]{1,100}$/u.test(Subject)) {
      throw new ServiceError('InvalidParameter', 'Invalid parameter: Subject');
    }
    return this.publish(principal, { topicArn: TopicArn, subject: Subject, message: Message });
  }

  /** Publishes as a role or as a service, e.g. an alarm. */
  publish(
    by: Principal,
    { topicArn, subject, message }: Message,
    context: Readonly<Record<string, string>> = {},
  ): { MessageId: string } {
    this.iam.authorize(by, 'sns:Publish', topicArn, context);
    const topic = this.topics.get(topicArn);
    if (!topic) throw new ServiceError('NotFound', 'Topic does not exist', 404);
    if (Buffer.byteLength(message) > 262_144) {
      throw new ServiceError('InvalidParameter', 'Invalid parameter: Message too long');
    }
    if (topic.keyArn) this.useKey(by, topic.keyArn, context);
    const time = new Date(this.clock.now()).toISOString();
    const notice: Notice = { topicArn, subject, message, time, by: by.arn };
    this.notices.push(notice);
    for (const listener of this.listeners) listener(notice);
    return { MessageId: randomUUID() };
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html: both rights, by the publisher. */
  private useKey(by: Principal, keyArn: string, context: Readonly<Record<string, string>>): void {
    try {
      for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
        this.iam.authorize(by, action, keyArn, context);
      }
    } catch (error) {
      throw new ServiceError('KMSAccessDenied', (error as Error).message);
    }
  }
}
