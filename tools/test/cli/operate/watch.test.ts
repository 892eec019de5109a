// The patience of a watch: keys that expire, a network that is away, and what is no reason to go on asking.

import { untilClosed, type Watch } from '../../../cli/operate/patience';
import { refusal } from '../../../cli/operate/trouble';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error(`says ${name}`), { name, ...more });
const expired = () => named('ExpiredTokenException', { $metadata: { httpStatusCode: 403 } });

/** A watch that sees these one after the other; errors are thrown. */
function watching(looks: readonly unknown[]) {
  const told: string[] = [];
  const renewed: number[] = [];
  const left = [...looks];
  const watch: Watch<string> = {
    look: async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return String(next);
    },
    seen: (sight) => void told.push(sight),
    closed: (sight) => sight === 'closed',
    renew: () => void renewed.push(left.length),
    say: (text) => void told.push(text.trim().slice(0, 40)),
    wait: async () => undefined,
  };
  return { watch, told, renewed };
}

it('goes on asking when keys expire in the middle, says so once, and reads them anew each time', async () => {
  const looks = ['running', expired(), expired(), expired(), 'running', 'closed'];
  const { watch, told, renewed } = watching(looks);
  expect(await untilClosed(watch)).toBe('closed');
  expect(told).toEqual([
    'running',
    'AWS does not take the credentials (Expir',
    'AWS answers again',
    'running',
    'closed',
  ]);
  expect(renewed).toHaveLength(3);
});

it.each([
  ['a broken connection', named('Error', { code: 'ECONNRESET' })],
  ['a host that no way leads to', named('Error', { code: 'EHOSTUNREACH' })],
  ['a network that is away', named('Error', { code: 'ENETUNREACH' })],
  ['a network that is down', named('Error', { code: 'ENETDOWN' })],
  ['what was caused by a network', named('Error', { cause: named('Error', { code: 'ENETDOWN' }) })],
  [
    'a host none of whose addresses can be reached',
    new AggregateError([named('Error', { code: 'ENETUNREACH' })], ''),
  ],
  ['throttling', named('ThrottlingException', { $metadata: { httpStatusCode: 400 } })],
  ['an error of the service', named('InternalFailure', { $metadata: { httpStatusCode: 500 } })],
  ['a sign-on that is over', named('CredentialsProviderError')],
])('outlives %s', async (_, error) => {
  const { watch, told } = watching(['running', error, 'closed']);
  expect(await untilClosed(watch)).toBe('closed');
  expect(told).toHaveLength(4);
});

it('tells a second trouble that differs from the first', async () => {
  const { watch, told } = watching([
    'running',
    expired(),
    named('Error', { code: 'ECONNREFUSED' }),
    'closed',
  ]);
  await untilClosed(watch);
  expect(told.filter((text) => text.startsWith('AWS'))).toHaveLength(3);
});

it('does not wait for keys that were never good, nor for rights that are missing', async () => {
  await expect(untilClosed(watching([expired()]).watch)).rejects.toThrow('says Expired');
  const denied = named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } });
  await expect(untilClosed(watching(['running', denied]).watch)).rejects.toThrow(
    'says AccessDenied',
  );
});

it('says of a network that is away that AWS cannot be asked, also when only its cause knows', () => {
  const addresses = new AggregateError([named('Error', { code: 'EHOSTUNREACH' })], '');
  expect(refusal(addresses)).toMatchObject({
    message: 'AWS cannot be asked: AggregateError: says Error',
  });
  const own = named('Error', { code: 'ENETDOWN' });
  expect(refusal(Object.assign(own, { cause: own }))).toMatchObject({ name: 'RefusedError' });
  const denied = named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } });
  expect(refusal(denied)).toMatchObject({ message: expect.stringMatching(/^AWS refused/) });
});
