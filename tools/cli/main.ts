// The command line: names, options, exit codes (0 succeeded, 1 the run failed or AWS refused, 2 bad usage).

import { Command, CommanderError, Option } from 'commander';
import { account } from './account';
import { addAspectsCheck } from './aspects-check/command';
import { Interrupted, UsageError } from './errors';
import { addInit } from './init/command';
import { matrix } from './matrix';
import { addOperate } from './operate/command';
import {
  type AccountOptions,
  collect,
  type MatrixOptions,
  partOf,
  type RehearseOptions,
  wholeNumber,
} from './options';
import { rehearse } from './rehearse';
import { interrupts } from './signals';

const INTERRUPTED = 130;

/** Runs the command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { signal, cleansUp, dispose } = interrupts();
  let code = 0;
  const set = async (promise: Promise<number>) => {
    code = await promise;
  };
  try {
    await program({ signal, cleansUp }, set).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted || signal.aborted) {
      const sent = error instanceof Interrupted ? error.sent : undefined;
      const rest = sent ?? 'what a rehearsal made is gone, what runs on AWS goes on';
      process.stderr.write(`\ninterrupted; ${rest}\n`);
      return INTERRUPTED;
    }
    const expected = error instanceof UsageError;
    const { message, stack } = error as Error;
    process.stderr.write(`runbooks: ${expected ? message : (stack ?? message)}\n`);
    return 2;
  } finally {
    dispose();
  }
}

function program(
  { signal, cleansUp }: Pick<ReturnType<typeof interrupts>, 'signal' | 'cleansUp'>,
  set: (promise: Promise<number>) => Promise<void>,
): Command {
  const runbooks = new Command('runbooks')
    .description('Operates upgrade runbooks on AWS, and rehearses them on this computer')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  addInit(runbooks, signal, set);
  addOperate(runbooks, signal, set);
  addAspectsCheck(runbooks, set);
  const ground = (command: Command) =>
    command
      .option('--scenario <folder>', 'folder or built-in name of what exists in the account')
      .option('--rows <n>', "size of the scenario's generated data", wholeNumber(1))
      .option('--assembly <folder>', 'cloud assembly to use (default: it is synthesized)')
      .option('--target <name>', 'target in config/ to synthesize', 'example');
  const common = (command: Command) =>
    ground(command)
      .option('--machine <name>', 'another machine than the one named first')
      .option('--json', 'print nothing but one JSON document on stdout', false);
  common(runbooks.command('rehearse'))
    .argument('<machine>', 'name of the state machine, e.g. clickstream-data-migration')
    .option('--input <file>', "the execution's input (default: the scenario's)")
    .description('run a machine on local stand-ins')
    .option('--fault <spec>', 'inject a fault, e.g. kind=kill,task=RunBatches,nth=2', collect, [])
    .option('--redrive <n>', 'redrive a failed run at most n times', wholeNumber(0))
    .option('--by-hand', 'after a failure wait for a redrive from another terminal', false)
    .option('--approve', 'answer every gate with yes')
    .addOption(
      new Option('--clock <kind>', 'how time goes (default: real)').choices(['real', 'virtual']),
    )
    .option('--report <file>', "write the run's HTML report with a timeline")
    .option('--demo', 'show a failure and its redrive, with a report', false)
    .action((machine: string, options: RehearseOptions) => {
      cleansUp();
      return set(rehearse(options.machine ?? machine, options, signal));
    });
  ground(runbooks.command('account'))
    .argument('[machine]', 'machine that will be started (default: nothing is deployed yet)')
    .description('an account to work in by hand, on local stand-ins, until Ctrl-C')
    .option('--input <file>', "the input that is shown (default: the scenario's)")
    .option('--fault <spec>', 'inject a fault, as in rehearse', collect, [])
    .option('--env <file>', "file for the account's address and keys, to be sourced", 'account.env')
    .action((machine: string | undefined, options: AccountOptions) => {
      cleansUp();
      return set(account(machine, options, signal));
    });
  common(runbooks.command('matrix'))
    .argument('[machine]', 'name of the state machine (default: all that the scenario plays)')
    .description(
      'every fault at every mutating call, redriven to the end, compared with a clean run',
    )
    .option('--draw <text>', 'one case of each call only, chosen by this text')
    .option('--minutes <n>', 'begin no case after so many minutes', wholeNumber(1))
    .option('--fault <spec>', 'only this case, as the matrix prints it', collect, [])
    .option('--together <n>', 'cases tried in one run', wholeNumber(1), 1)
    .option('--jobs <n>', 'cases at a time', wholeNumber(1), 2)
    .option('--part <i/n>', 'the i-th of n parts, for one process each', partOf)
    .option('--results <file>', 'add each result to this file; run only what is not equal in it')
    .action((machine: string | undefined, options: MatrixOptions) => {
      cleansUp();
      return set(matrix(options.machine ?? machine, options, signal));
    });
  return runbooks;
}
