// The options of operators' commands.

import { type Command, Option } from 'commander';
import { wholeNumber } from '../options';
import { type WebOptions, watchWeb } from '../web/watch-web';
import { type AnswerOptions, answer } from './answer';
import { type PredeployOptions, predeploy } from './predeploy';
import { type RedriveOptions, redrive } from './redrive';
import { type ReportOptions, report } from './report';
import { type StartOptions, start } from './start';
import { type StopOptions, stop } from './stop';
import { watch } from './watch';

const SUBJECT = 'ARN of an execution, or id of a run (with --stack)';

/** Adds the commands; `set` takes their exit code. Arguments that are missing are told with all other problems. */
export function addOperate(
  runbooks: Command,
  signal: AbortSignal,
  set: (code: Promise<number>) => Promise<void>,
): void {
  const command = (name: string, description: string) =>
    placed(runbooks.command(name).description(description));
  watched(command('start', 'start an execution of a deployed machine'))
    .argument('[machine]', 'name of the machine, e.g. prod-clickstream-upgrade')
    .option('--input <file>', "the execution's input; - for stdin")
    .option('--name <name>', 'name of the execution (default: cli- and a UUID)')
    .option('--watch', 'follow it to its end', false)
    .action((machine: string | undefined, options: StartOptions) =>
      set(start(machine, options, signal)),
    );
  watched(command('watch', 'show where an execution stands until it is closed'))
    .argument('[execution]', SUBJECT)
    .option('--once', 'look once', false)
    .option('--web', 'serve a page of the run on this computer, with buttons', false)
    .option('--port <n>', 'port of the page (default: any that is free)', wholeNumber(0))
    .action((named: string | undefined, options: WebOptions) =>
      set((options.web ? watchWeb : watch)(named, options, signal)),
    );
  watched(command('redrive', 'say what runs again and what stays done, ask, and redrive'))
    .argument('[execution]', SUBJECT)
    .option('--yes', 'ask nothing', false)
    .option('--dry-run', 'say it and do nothing', false)
    .option('--watch', 'follow it to its end', false)
    .action((named: string | undefined, options: RedriveOptions) =>
      set(redrive(named, options, signal)),
    );
  command('stop', 'stop an execution')
    .argument('[execution]', SUBJECT)
    .option('--cause <text>', 'why')
    .action((named: string | undefined, options: StopOptions) => set(stop(named, options, signal)));
  command('answer', 'answer a gate, and wait until the answer is recorded')
    .argument('[run]', SUBJECT)
    .argument('[gate]', 'name of the gate')
    .argument('[answer]', 'approve or refuse')
    .option('--by <name>', 'who answers')
    .option('--asked <time>', 'since when the answered question is asked, as watch prints it')
    .option('--reason <text>', 'why')
    .action((run, gate, said, options: AnswerOptions) =>
      set(answer([run, gate, said], options, signal)),
    );
  command('report', 'print the report of a run')
    .argument('[execution]', SUBJECT)
    .option('--format <kind>', 'markdown, json or html (default: markdown)')
    .option('--out <file>', 'write it there instead')
    .option('--html <file>', 'write the page of the run as it is now, as watch --web shows it')
    .action((named: string | undefined, options: ReportOptions) =>
      set(report(named, options, signal)),
    );
  command('predeploy', 'say what a deployment would take from executions that can be redriven')
    .option('--assembly <folder>', 'cloud assembly that would be deployed', 'cdk.out')
    .action((options: PredeployOptions) => set(predeploy(options, signal)));
}

/** Where calls go, and what is printed. */
export const placed = (command: Command): Command =>
  command
    .option('--stack <name>', 'the deployed stack (default: found by the name of the machine)')
    .option('--region <name>', 'region (default: that in the ARN, or of the profile)')
    .option('--profile <name>', 'profile of the shared AWS files')
    .option('--endpoint-url <url>', 'another address than that of AWS, e.g. of a rehearsal')
    .option('--json', 'print nothing but one JSON document on stdout', false);

const watched = (command: Command): Command =>
  command.addOption(
    new Option('--every <seconds>', 'time between two looks').default(5).argParser(wholeNumber(1)),
  );
