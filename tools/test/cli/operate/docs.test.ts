// The page of the operators' commands names every command and every option, and no option that is none.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { main } from '../../../cli/main';

const PAGE = readFileSync(path.join(__dirname, '../../../../docs/operators.md'), 'utf8');
const COMMANDS = ['start', 'watch', 'redrive', 'stop', 'answer', 'report', 'predeploy', 'init'];

afterEach(() => jest.restoreAllMocks());

async function optionsOf(...command: readonly string[]): Promise<string[]> {
  let said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  expect(await main([...command, '--help'])).toBe(0);
  jest.restoreAllMocks();
  return [...said.matchAll(/^\s+(?:-h, )?(--[a-z-]+)/gm)].map(([, option]) => option!);
}

it.each(COMMANDS)('%s has a section with an example and its output', (command) => {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${command}\n`));
  expect(section).toMatch(new RegExp(`\\$ npx .*runbooks ${command} .*\n[^$]+\`\`\``));
});

it('names each option, and none that no command has', async () => {
  const known = new Set<string>();
  for (const command of COMMANDS.filter((name) => name !== 'init')) {
    for (const option of await optionsOf(command)) known.add(option);
  }
  for (const option of await optionsOf('init', 'clickstream')) known.add(option);
  // Of the others the page names what a person has to choose; the rest is in --help.
  const more = new Set<string>();
  for (const runbook of ['student-module-history', 'aspects']) {
    for (const option of await optionsOf('init', runbook)) more.add(option);
  }
  const told = new Set([...PAGE.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option));
  const others = ['--help', '--quiet', '--all', '--save-dev', '--no-install', '--scenario'];
  expect([...known].filter((option) => !told.has(option) && !others.includes(option))).toEqual([]);
  const any = new Set([...known, ...more, ...others]);
  expect([...told].filter((option) => !any.has(option))).toEqual([]);
});
