import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { readEnv } from './env';

/** A message to people. */
export interface Notice {
  /** At most 100 characters of ASCII, see Subject of SNS Publish. */
  readonly subject: string;
  readonly lines: readonly string[];
}

/** Tells people; cores get it as an argument. */
export type Publish = (notice: Notice) => Promise<void>;

let client: SNSClient | undefined;

/** Publishes to the stack's topic; needs TOPIC_ARN. */
export const publishFromEnv: Publish = async ({ subject, lines }) => {
  client ??= new SNSClient({ maxAttempts: 4 });
  await client.send(
    new PublishCommand({
      TopicArn: readEnv('TOPIC_ARN').TOPIC_ARN,
      Subject: subject.replace(/[^\x20-\x7e]/g, '?').slice(0, 100),
      Message: lines.join('\n'),
    }),
  );
};
