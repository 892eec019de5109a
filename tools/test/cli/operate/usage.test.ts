// How operators' commands are used wrongly: every problem at once, exit code 2, before anything is called.

import { main } from '../../../cli/main';

let said: string;
let printed: string;
beforeEach(() => {
  [said, printed] = ['', ''];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:prod-clickstream-upgrade:one';
const RUN = 'run-20260131-0a1b2c3d4e';

test.each([
  [
    'start without a machine and input',
    ['start'],
    /start has 2 problems: \(1\) name the machine.*\(2\) give --input FILE/,
  ],
  ['a machine without input', ['start', 'prod-clickstream-upgrade'], /start: give --input FILE/],
  ['watch without an execution', ['watch'], /watch: name the execution by its ARN/],
  [
    'a word that is neither',
    ['watch', 'migration'],
    /neither the ARN of an execution nor the id of a run/,
  ],
  [
    'a run without a stack',
    ['redrive', RUN, '--yes'],
    /redrive: run run-20260131-0a1b2c3d4e is in the ledger of a stack: name the stack with --stack/,
  ],
  ['stop without a cause', ['stop', ARN], /stop: say why with --cause/],
  ['an answer without anything', ['answer'], /answer has 5 problems/],
  [
    'an answer that is none',
    ['answer', RUN, 'cleanup', 'yes', '--stack', 's', '--by', 'Ada', '--reason', 'x'],
    /answer: the answer must be approve or refuse/,
  ],
  [
    'a form of report that is none',
    ['report', ARN, '--format', 'pdf'],
    /report: --format must be one of markdown, json, html/,
  ],
  [
    'a pause that is no number',
    ['watch', ARN, '--every', 'often'],
    /must be a whole number from 1 on/,
  ],
  ['a folder without assembly', ['predeploy', '--assembly', __dirname], /is no cloud assembly/],
])('refuses %s with exit code 2', async (_, args, message) => {
  expect(await main([...args])).toBe(2);
  expect(said).toMatch(message);
  expect(printed).toBe('');
});

it('prints the error as the one document when --json is wanted', async () => {
  expect(await main(['stop', RUN, '--json'])).toBe(2);
  expect(JSON.parse(printed)).toEqual({
    error: { name: 'UsageError', message: expect.stringMatching(/^stop has 2 problems: \(1\)/) },
  });
});

it('refuses JSON in another form', async () => {
  expect(await main(['report', ARN, '--format', 'html', '--json'])).toBe(2);
  expect(said).toMatch(/--json prints the report as JSON/);
});

it('does not redrive unasked where nobody can be asked', async () => {
  expect(await main(['redrive', ARN, '--json'])).toBe(2);
  expect(said).toMatch(/nobody can be asked here: give --yes, or --dry-run/);
});
