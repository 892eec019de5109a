// What every operator's command has: services, a place to print, an end. With --json people's lines go to
// stderr, and stdout gets one document, an error's too.

import { Interrupted, RefusedError, refuseProblems, UsageError } from '../errors';
import { Terminal } from '../terminal';
import { Aws } from './aws';
import { Sendings, type Sent, SentError } from './sent';
import { toldOfAccount } from './whose';

/** Options of every command. */
export interface OperateOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly stack?: string;
  readonly json?: boolean;
}

/** How a command ended. */
export interface Ended {
  readonly code: 0 | 1 | 2;
  /** What `--json` prints. */
  readonly document: unknown;
}

/** What a command works with. */
export interface Kit {
  readonly aws: Aws;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly options: OperateOptions;
  /**
   * Makes a call that changes something: an interrupt that came before ends the command here; one that comes
   * later, and an error, says what was sent.
   */
  sending<T>(sent: Sent, call: () => Promise<T>): Promise<T>;
}

/** What is checked before anything is called, and where calls go. */
interface Use {
  /** Name of the command. */
  readonly command: string;
  /** What is wrong with how it was used. */
  readonly problems: readonly string[];
  /** An ARN says in which region it is, and in which account. */
  readonly arn?: string;
  /** Name of a machine: begins with that of its target, whose file says the account. */
  readonly machine?: string;
}

/** Runs a command; returns its exit code. */
export async function operate(
  use: Use,
  options: OperateOptions,
  signal: AbortSignal,
  act: (kit: Kit) => Promise<Ended>,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const sendings = new Sendings(signal);
  const sending: Kit['sending'] = (sent, call) => sendings.send(sent, call);
  try {
    refuseProblems(use.command, use.problems);
    const region = options.region ?? regionOf(use.arn);
    const aws = new Aws({ ...options, region }, signal);
    try {
      const { code, document } = await act({ aws, terminal, signal, options, sending });
      signal.throwIfAborted();
      if (options.json) print(document);
      return code;
    } catch (error) {
      // After something was sent that is the news, and not whose the keys are.
      if (signal.aborted || sendings.sent) throw error;
      throw await toldOfAccount(error, aws, [use.arn, options.stack, use.machine]);
    } finally {
      terminal.clear();
      aws.close();
    }
  } catch (error) {
    if (signal.aborted || error instanceof Interrupted) {
      throw interrupted(error, sendings.sent?.what, options);
    }
    return explained(sendings.explain(error, options), sendings.sent, options);
  }
}

/** However a command that was interrupted came to its end: what it sent is said, and nothing else. */
function interrupted(error: unknown, sent: string | undefined, { json }: OperateOptions) {
  const cause = error instanceof Interrupted ? error.message : 'interrupted';
  const how = sent ?? 'nothing was sent, and what runs on AWS goes on';
  if (json) print({ error: { name: 'Interrupted', message: how } });
  return new Interrupted(cause, how);
}

function explained(thrown: unknown, sent: Sent | undefined, { json }: OperateOptions): number {
  const error = thrown as Error;
  const usage = error instanceof UsageError || /^Region is missing/.test(error.message);
  if (!usage && !(error instanceof RefusedError)) {
    if (sent) process.stderr.write(`runbooks: ${sent.what}, then this happened\n`);
    throw error;
  }
  const message = usage && !(error instanceof UsageError) ? NO_REGION : error.message;
  process.stderr.write(`runbooks: ${message}\n`);
  const more = error instanceof SentError ? { sent: error.sent } : {};
  if (json) print({ error: { name: usage ? 'UsageError' : error.name, message, ...more } });
  return usage ? 2 : 1;
}

const NO_REGION = 'no region is known: give --region, or set AWS_REGION or that of the profile';

const print = (document: unknown) => process.stdout.write(`${JSON.stringify(document)}\n`);

/** Region in an ARN. */
const regionOf = (arn: string | undefined): string | undefined =>
  arn?.startsWith('arn:') ? arn.split(':')[3] || undefined : undefined;
