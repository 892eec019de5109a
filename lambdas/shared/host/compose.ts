// The text of a small command for a host: values first, then the parts from `scripts/unit`. Nothing else is
// ever sent; a command that takes long is written to a file there and started apart.

import { HostCommandFailedError } from '../errors';
import { unitScript } from '../host-files';
import type { HostRef } from './ref';

/** What a command does with a unit. */
export type UnitCommand =
  | { readonly kind: 'start'; readonly script: string; readonly attempt: number }
  | { readonly kind: 'poll' }
  /** `kill`: whether a unit that runs is ended. */
  | { readonly kind: 'stop'; readonly kill: boolean }
  | { readonly kind: 'look'; readonly script: string };

/** Names and values of a script's variables. */
export type Variables = Readonly<Record<string, string>>;

/** A line that no file of ours has. */
const END = 'RUNBOOK_END_OF_FILE';

/**
 * The command's text.
 *
 * @param key what all attempts of a step have in common
 * @throws HostCommandFailedError when a variable cannot be one
 */
export function composeCommand(
  host: HostRef,
  unit: string,
  key: string,
  variables: Variables,
  command: UnitCommand,
): string {
  const { kind } = command;
  const writes = kind === 'start' || kind === 'look';
  const own: Record<string, string> = {
    HOST_PATH: host.path,
    HOST_USER: host.user,
    HOST_STATE: host.stateDirectory,
    TUTOR_ROOT: host.tutorRoot,
    UNIT: unit,
    KEY: key,
    ...(kind === 'start' && { ATTEMPT: String(command.attempt) }),
    ...(kind === 'stop' && { KILL: command.kill ? 'yes' : 'no' }),
  };
  return [
    assignments(own, ''),
    unitScript('prelude'),
    ...['user', 'redact', 'state'].map(unitScript),
    ...(writes ? files(host, variables, command.script) : []),
    ...(kind === 'start' ? [printing('write_run', unitScript('run'))] : []),
    unitScript(kind),
  ].join('\n');
}

/** Functions that print what the unit's files hold. */
function files(host: HostRef, variables: Variables, script: string): string[] {
  const { path, tutorRoot, pluginsRoot } = host;
  const place: Record<string, string> = {
    HOST_PATH: path,
    TUTOR_ROOT: tutorRoot,
    ...(pluginsRoot ? { TUTOR_PLUGINS_ROOT: pluginsRoot } : {}),
  };
  return [
    printing('write_values', assignments({ ...variables, ...place }, 'export ')),
    printing('write_prelude', unitScript('prelude')),
    printing('write_secrets_script', unitScript('secrets')),
    printing('write_script', script),
  ];
}

/** A function that prints a text as it is. */
function printing(name: string, text: string): string {
  if (text.split('\n').includes(END)) throw new HostCommandFailedError(`${name}: ${END} in a file`);
  return `${name}() { cat <<'${END}'\n${text.trimEnd()}\n${END}\n}`;
}

function assignments(variables: Variables, word: string): string {
  return Object.entries(variables)
    .map(([name, value]) => `${word}${checkedName(name)}='${checkedValue(name, value)}'`)
    .join('\n');
}

function checkedName(name: string): string {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return name;
  throw new HostCommandFailedError(`${JSON.stringify(name)} is no name of a variable`);
}

/** Single quotes are the only thing that ends a quoted word; a line break would end the line. */
function checkedValue(name: string, value: string): string {
  if (/^[^\p{Cc}{}]*$/u.test(value)) return value.replaceAll("'", "'\\''");
  throw new HostCommandFailedError(
    `the value of ${name} must have no line break, control character or brace: tutor renders braces, and so does Run Command`,
  );
}
