// Texts as visitors and applications send them, and as those who mean harm would.

import fc from 'fast-check';

const word = fc.oneof(
  fc.constantFrom(
    ...[
      'utm_source',
      'utm_medium',
      'gclid',
      'fbclid',
      'xclid',
      'q',
      'wd',
      '=',
      '&',
      '?',
      '//',
      '://',
    ],
    ...[
      '/',
      '%3D',
      '%26',
      '%5C',
      '%20',
      '%3d',
      '%',
      '+',
      '#',
      ',',
      'www.',
      'google.com',
      'bing.com',
    ],
    ...['facebook.com', 'cpc', 'social', 'email', 'internal', 'push', 'video', '__proto__', 'clid'],
    ...['"', '\\', '\u007f', '\u0001', '\u0080', 'é', '你', '😀', '\ud800', '\udc00', ' ', '\n'],
  ),
  fc.string({ maxLength: 5 }),
);

export const url = fc
  .tuple(fc.constantFrom('https://', '', '//', 'a.com', 'a.com?', 'a.com?gclid='), fc.array(word))
  .map(([start, words]) => start + words.join(''));

const token = fc.oneof(
  fc.constantFrom(
    ...['{', '}', '[', ']', '{}', '[]', ':', ',', ' ', '\n', 'null', 'true', 'NaN', '-Infinity'],
    ...['"value":', '"type":', '"set_time_msec":', '"number"', '"boolean"', '"a":', '"": '],
    ...['1', '-0', '1.0', '1e308', '1e400', '1E-400', '123456789012345678901234567890', '01', '-'],
    ...['"1"', '"٣"', '"-.5"', '"nan"', '"\\ud83d"', '"\\u0000"', '"\u007f"', '"é"', '"', '\\'],
  ),
  fc.json(),
);

/** JSON, or almost. */
export const value = fc.oneof(
  fc.array(token).map((tokens) => tokens.join('')),
  fc.array(token).map((tokens) => `[{"a":${tokens.join('')}}]`),
  fc.array(token).map((tokens) => `{"a":{${tokens.join(',')}}}`),
);
