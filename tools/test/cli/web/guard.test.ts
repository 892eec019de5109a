// Who may ask the server of a run's page.

import { judge } from '../../../cli/web/guard';

const OWN = '127.0.0.1:4321';
const get = { method: 'GET', path: '/token/data?since=1', headers: { host: OWN } };
const post = {
  ...{ method: 'POST', path: '/token/answer' },
  headers: { host: OWN, origin: `http://${OWN}`, 'content-type': 'application/json' },
};
const asked = (base: typeof get, headers: object, more: object = {}) =>
  judge({ ...base, ...more, headers: { ...base.headers, ...headers } }, OWN, 'token');

it('lets the page ask and send', () => {
  expect(asked(get, {})).toEqual({ path: '/data' });
  expect(asked(get, { 'sec-fetch-site': 'same-origin' })).toEqual({ path: '/data' });
  expect(asked(post, { 'sec-fetch-site': 'same-origin' })).toEqual({ path: '/answer' });
});

it('lets a link be followed by who has its token', () => {
  const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect(asked(get, followed, { path: '/token/' })).toEqual({ path: '/' });
});

it.each([
  ['a name that leads to loopback', get, { host: 'evil.example:4321' }, {}, 403],
  ['the name of loopback, which is another origin', get, { host: 'localhost:4321' }, {}, 403],
  ['another port', get, { host: '127.0.0.1:80' }, {}, 403],
  ['no Host', get, { host: undefined }, {}, 403],
  ['no token', get, {}, { path: '/' }, 404],
  ['another token', get, {}, { path: '/tokem/data' }, 404],
  ['the beginning of the token', get, {}, { path: '/toke/data' }, 404],
  [
    'data for another page',
    get,
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    {},
    403,
  ],
  ['data for another port of loopback', get, { 'sec-fetch-site': 'same-site' }, {}, 403],
  ['a POST without an origin', post, { origin: undefined }, {}, 403],
  ['a POST from a page without an origin', post, { origin: 'null' }, {}, 403],
  ['a POST from elsewhere', post, { origin: 'https://evil.example' }, {}, 403],
  ['a POST that the browser calls foreign', post, { 'sec-fetch-site': 'same-site' }, {}, 403],
  ['what a form may send', post, { 'content-type': 'text/plain' }, {}, 415],
  ['a POST without the token', post, {}, { path: '/answer' }, 404],
  ['another method', get, {}, { method: 'OPTIONS' }, 405],
  ['a method that changes', post, {}, { method: 'PUT' }, 405],
])('refuses %s', (_, base, headers, more, refused) => {
  expect(asked(base, headers, more)).toEqual({ refused });
});
