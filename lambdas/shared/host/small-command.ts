// One small command on a host, from sending it to its answer. It may be lost anywhere on the way, and is
// simply sent again: every command of ours finds what an earlier one has done.

import { isTransient } from '../errors';
import type { HostAnswer } from './answer';
import { readAnswer } from './answer';
import type { HostRef } from './ref';
import type { RunCommand } from './ssm';

/**
 * The least Run Command takes is 30 s. A command that waits longer would come when nobody expects it any more.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
 */
export const DELIVERY_SECONDS = 60;
/** Longest time of a command that only looks at files. */
export const RUN_SECONDS = 120;
/** Longest time of an inspection: tutor takes seconds for each value. */
export const LOOK_SECONDS = 900;

/** What became of a command: an answer, nothing yet, or why there will be none. */
export type Heard =
  | { readonly answer: HostAnswer }
  | { readonly silent: string; readonly denied?: boolean }
  | undefined;

/** A command on its way. */
export class SmallCommand {
  private id: string | undefined;

  constructor(
    private readonly ssm: RunCommand,
    private readonly host: HostRef,
    private readonly text: string,
    private readonly comment: string,
    private readonly runSeconds: number,
    private readonly now: () => number,
    private readonly sentAt = now(),
  ) {}

  /** Sends it, or asks how it is doing. */
  async ask(): Promise<Heard> {
    try {
      if (this.id === undefined) {
        const { instanceId } = this.host;
        const { text, comment, runSeconds } = this;
        this.id = await this.ssm.send({
          instanceId,
          text,
          comment,
          runSeconds,
          deliverySeconds: DELIVERY_SECONDS,
        });
        return undefined;
      }
      return await this.listen(this.id);
    } catch (error) {
      const { name, message } = error as Error;
      // Not known yet: https://github.com/boto/boto3/issues/2701
      if (name === 'InvocationDoesNotExist') return this.late('it is not in the list of commands');
      // The agent is not registered, or has not been heard of for minutes.
      if (name === 'InvalidInstanceId') return { silent: `${name}: ${message}` };
      if (isTransient(error)) return this.late(`${name}: ${message}`);
      throw error;
    }
  }

  private async listen(id: string): Promise<Heard> {
    const seen = await this.ssm.invocation(id, this.host.instanceId);
    const { Status, StatusDetails, StandardOutputContent = '', StandardErrorContent = '' } = seen;
    switch (Status) {
      // Behind an association, or another command: the agent works on one after the other.
      case 'Pending':
      case 'Delayed':
      case 'InProgress':
      case 'Cancelling':
        return this.late(`it is ${StatusDetails || Status}`);
      case 'Success':
      case 'Failed': {
        const answer = readAnswer(StandardOutputContent);
        if (answer) return { answer };
        return {
          silent: `it ended ${Status} without an answer: ${firstLine(StandardErrorContent)}`,
        };
      }
      default:
        return { silent: `it ended ${StatusDetails || Status}` };
    }
  }

  /** Nothing yet; after the longest time it can take, nothing any more. */
  private late(why: string): Heard {
    const longest = (DELIVERY_SECONDS + this.runSeconds + 30) * 1000;
    return this.now() - this.sentAt > longest ? { silent: why } : undefined;
  }
}

/** A shell's own complaint; scripts of ours print nothing there that came from tutor. */
const firstLine = (text: string): string => text.trim().split('\n')[0]!.slice(0, 200) || 'nothing';
