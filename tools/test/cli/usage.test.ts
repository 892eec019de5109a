import { main } from '../../cli/main';

let said: string;
beforeEach(() => {
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const MACHINE = ['rehearse', 'clickstream-data-migration'];

test.each([
  ['no command', [], /Usage: runbooks/],
  ['an unknown command', ['launch'], /unknown command 'launch'/],
  ['no machine', ['rehearse'], /missing required argument 'machine'/],
  ['an unknown option', [...MACHINE, '--fast'], /unknown option '--fast'/],
  ['rows that are no number', [...MACHINE, '--rows', 'many'], /must be a whole number from 1 on/],
  ['no rows', [...MACHINE, '--rows', '0'], /must be a whole number from 1 on/],
  ['a negative redrive', [...MACHINE, '--redrive', '-1'], /must be a whole number from 0 on/],
  ['an unknown clock', [...MACHINE, '--clock', 'sun'], /Allowed choices are real, virtual/],
  ['an unknown scenario', [...MACHINE, '--scenario', 'nowhere'], /there is no scenario nowhere/],
  ['a fault that is none', [...MACHINE, '--fault', 'kind=flood'], /kind must be one of/],
  ['an account of nothing', ['account'], /name the machine that will be started/],
  [
    'a fault in an account',
    ['account', 'rdw-backfill', '--fault', 'kind=x'],
    /kind must be one of/,
  ],
  ['a folder without assembly', [...MACHINE, '--assembly', __dirname], /is no cloud assembly/],
])('refuses %s with exit code 2', async (_, args, message) => {
  expect(await main(args)).toBe(2);
  expect(said).toMatch(message);
});
