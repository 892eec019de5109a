// The lists people read and change, against the counts of the original.

import channels from '../../../lambdas/clickstream-udf/data/channels.json';
import clickIds from '../../../lambdas/clickstream-udf/data/click-ids.json';
import hosts from '../../../lambdas/clickstream-udf/data/hosts.json';
import percentCodes from '../../../lambdas/clickstream-udf/data/percent-codes.json';
import pythonText from '../../../lambdas/clickstream-udf/data/python-text.json';
import { SITES } from '../../../lambdas/clickstream-udf/utm/hosts';
import { call } from './call';

it('there are 368 hosts, each once', () => {
  const count = Object.values(hosts).reduce(
    (sum, { sourceIsHostWithoutCom, others }) =>
      sum + sourceIsHostWithoutCom.length + others.flatMap((one) => one.hosts).length,
    0,
  );
  expect([count, SITES.size]).toEqual([368, 368]);
});

it.each([
  ['Search', 80],
  ['Social', 261],
  ['Video', 16],
  ['Shopping', 11],
])('%s has %d hosts', (category, count) => {
  expect([...SITES.values()].filter((site) => site.category === category)).toHaveLength(count);
});

it('a source has one category', () => {
  const categories = new Map<string, Set<string>>();
  for (const { source, category } of SITES.values()) {
    const known = categories.get(source.toLowerCase()) ?? new Set();
    categories.set(source.toLowerCase(), known.add(category));
  }
  expect([...categories].filter(([, known]) => known.size > 1)).toEqual([]);
});

it('every host is found, with and without www, and its parameters are terms', async () => {
  for (const [host, { source, category, parameters }] of SITES) {
    const query = parameters.map((name) => `${name}=${name}`).join('&');
    for (const url of [`https://${host}/?${query}`, `www.${host}?${query}`]) {
      const found = JSON.parse((await call('parse_utm_from_url', null, url, null))!) as object;
      expect(found).toMatchObject({
        utm_source: source,
        source_category: category,
        channel_group: `Organic ${category}`,
        utm_term: parameters.length > 0 ? parameters.join(',') : null,
      });
    }
  }
});

it('there are 22 percent codes, each the code of what it stands for', () => {
  const codes = Object.entries(percentCodes);
  expect(codes).toHaveLength(22);
  expect(codes.filter(([code, character]) => decodeURIComponent(code) !== character)).toEqual([]);
  expect(codes.filter(([code]) => code !== code.toUpperCase())).toEqual([]);
});

it('there are 16 channel rules and 11 click ids', () => {
  expect([channels.rules.length, Object.keys(clickIds).length]).toEqual([16, 11]);
});

it('the digits are those of 41 scripts and one more, in the order of their codes', () => {
  const codes = pythonText.zeros.map((zero) => Number.parseInt(zero, 16));
  expect(codes).toHaveLength(41);
  expect(codes).toEqual([...codes].sort((a, b) => a - b));
  expect(codes.filter((code) => !/^\p{Nd}$/u.test(String.fromCodePoint(code)))).toEqual([]);
});

describe('each channel rule has a visit of its own', () => {
  const all = 'utm_source=s&utm_medium=m&utm_campaign=c&utm_content=c&utm_term=t&utm_id=i';
  it.each<[channel: string, referrer: string, latest: string | null]>([
    ['Direct', `b.com?${all}&utm_source_platform=p`, null],
    ['Paid Search', 'bing.com?utm_medium=cpc', null],
    ['Paid Search', 'bing.com?xclid=1', null],
    ['Organic Search', 'bing.com?utm_medium=organic', null],
    ['Paid Social', 'facebook.com?utm_medium=retargeting', null],
    ['Organic Social', 'b.com?utm_source=s&utm_medium=SM', null],
    ['Organic Social', 'facebook.com?utm_medium=banner', null],
    ['Paid Video', 'youtube.com?utm_medium=paid', null],
    ['Organic Video', 'youtube.com?utm_medium=banner', null],
    ['Organic Video', 'b.com?utm_source=s&utm_medium=videos', null],
    ['Paid Shopping', 'etsy.com?utm_medium=ppc', null],
    ['Organic Shopping', 'etsy.com?utm_medium=banner', null],
    ['Organic Shopping', 'b.com?utm_source=s&utm_campaign=workshop', null],
    ['Paid Other', 'b.com?utm_source=s&utm_medium=cpm', null],
    ['Email', 'b.com?utm_source=email', null],
    ['Email', 'b.com?utm_source=s&utm_medium=email', null],
    ['Email', 'email.b.com', 'b.com?utm_source=s'],
    ['SMS', 'b.com?utm_source=smsgate', null],
    ['SMS', 'b.com?utm_source=s&utm_medium=sms', null],
    ['Audio', 'b.com?utm_source=s&utm_medium=audio', null],
    ['Unassigned', 'b.com?utm_source=s&utm_medium=audios', null],
    ['Mobile Push Notifications', 'b.com?utm_source=s&utm_medium=push', null],
    ['Mobile Push Notifications', 'b.com?utm_source=s&utm_medium=mobiles', null],
    ['Mobile Push Notifications', 'b.com?utm_source=s&utm_medium=notifications', null],
    ['Unassigned', 'b.com?utm_source=s&utm_medium=pushed', null],
    ['Referral', 'internal.b.com', 'b.com?utm_source=s'],
    ['Internal Referral', 'Internal.b.com', 'bing.com?utm_medium=banner'],
    ['Unassigned', 'b.com?utm_source=s', null],
  ])('%s: %s, %s', async (channel, referrer, latest) => {
    const found = JSON.parse(
      (await call('parse_utm_from_url', 'a.com', referrer, latest))!,
    ) as object;
    expect(found).toMatchObject({ channel_group: channel });
  });
});
