import fc from 'fast-check';
import {
  COMMON_PARAMETERS,
  recognise,
  templateUrl,
  templateUrlProblem,
  VARIANTS,
} from '../../../../lambdas/shared/clickstream/templates';
import { parseVersion } from '../../../../lambdas/shared/clickstream/versions';

const description = (vpc = '', build = '(Build 202403071513)') =>
  `(SO0219) Clickstream Analytics on AWS (Version v1.1.5)${build}- Control Plane${vpc}`;
const PRIVATE = ' within VPC (Private)';
const version = (text: string) => parseVersion(text)!;

const identity = (number: number, keys: readonly string[]) => ({
  description: description(number === 5 || number === 7 ? PRIVATE : ''),
  parameterKeys: keys,
  partition: number >= 6 ? 'aws-cn' : 'aws',
});

describe('recognition of a console', () => {
  test.each(VARIANTS)(
    'tells variant $number ($use) by its parameters in any order, with any common ones',
    (variant) => {
      fc.assert(
        fc.property(
          fc.shuffledSubarray([...COMMON_PARAMETERS, 'Other']),
          fc.nat(),
          (common, turn) => {
            const keys = [...variant.parameters, ...common];
            const turned = [
              ...keys.slice(turn % keys.length),
              ...keys.slice(0, turn % keys.length),
            ];
            expect(recognise(identity(variant.number, keys.length ? turned : keys))).toEqual({
              variant,
              version: { major: 1, minor: 1, patch: 5, build: '202403071513' },
            });
          },
        ),
      );
    },
  );

  test('reads a description without build id', () => {
    const identity = {
      description: description('', ''),
      parameterKeys: ['Email'],
      partition: 'aws',
    };
    expect(recognise(identity)).toMatchObject({ version: { patch: 5, build: '' } });
  });

  test.each([
    [
      'public-exist-vpc',
      description(' within VPC (Public)'),
      ['VpcId', 'PublicSubnets', 'OIDCProvider'],
      'aws',
    ],
    ['private-exist-vpc-cognito', description(PRIVATE), ['VpcId', 'PrivateSubnets'], 'aws'],
    [
      'a VPC in the parameters and not in the description',
      description(),
      ['VpcId', 'OIDCProvider'],
      'aws',
    ],
    [
      'a VPC in the description and not in the parameters',
      description(PRIVATE),
      ['OIDCProvider'],
      'aws',
    ],
    ['a global one in China', description(), ['OIDCProvider'], 'aws-cn'],
    ['one of China elsewhere', description(), ['IAMCertificateId', 'OIDCProvider'], 'aws'],
  ])('refuses %s', (_, text, parameterKeys, partition) => {
    expect(recognise({ description: text, parameterKeys, partition })).toMatchObject({
      problem: expect.stringContaining('variant that the upgrade guide does not offer'),
    });
  });

  test.each(['', 'My stack', description().replace('SO0219', 'SO0219-ing'), `${description()} `])(
    'refuses what is no console: %j',
    (text) => {
      expect(recognise({ description: text, parameterKeys: [], partition: 'aws' })).toMatchObject({
        problem: expect.stringContaining('is not a console'),
      });
    },
  );
});

describe('addresses of templates', () => {
  test.each([1, 2, 3, 4, 5])('variant %i lies in the folder of its version', (number) => {
    const variant = VARIANTS.find((v) => v.number === number)!;
    expect(templateUrl(variant, version('v1.1.15-202506010101'), 'aws')).toBe(
      `https://solutions-reference.s3.amazonaws.com/clickstream-analytics-on-aws/v1.1.15/${variant.file}.template.json`,
    );
  });

  test.each([6, 7])(
    'variant %i lies in the odd folder of v1.1.5, and nowhere that is known for others',
    (number) => {
      const variant = VARIANTS.find((v) => v.number === number)!;
      expect(templateUrl(variant, version('v1.1.5'), 'aws-cn')).toBe(
        `https://aws-gcr-solutions.s3.cn-north-1.amazonaws.com.cn/clickstream-analytics-on-aws/v1.1.5-202403070738-4a220005/cn/${variant.file}.template.json`,
      );
      expect(templateUrl(variant, version('v1.1.15'), 'aws-cn')).toBeUndefined();
    },
  );

  test.each(['v1.1.12', 'v1.1.4', 'v1.2.0'])('there is none for %s', (text) => {
    expect(templateUrl(VARIANTS[0]!, version(text), 'aws')).toBeUndefined();
  });

  test('there is none for partitions without a bucket, or for a variant of another partition', () => {
    expect(templateUrl(VARIANTS[0]!, version('v1.1.15'), 'aws-us-gov')).toBeUndefined();
    expect(templateUrl(VARIANTS[0]!, version('v1.1.15'), 'aws-cn')).toBeUndefined();
    expect(templateUrl(VARIANTS[5]!, version('v1.1.5'), 'aws')).toBeUndefined();
  });

  test('every published address passes the test for addresses that a person gives', () => {
    for (const variant of VARIANTS) {
      const url = templateUrl(variant, version('v1.1.5'), variant.china ? 'aws-cn' : 'aws')!;
      expect(templateUrlProblem(url, variant)).toBeUndefined();
    }
  });

  test.each([
    [
      'http://example.com/x/cloudfront-s3-control-plane-stack-global.template.json',
      /not an https address/,
    ],
    ['https://example.com/latest/cloudfront-s3-control-plane-stack-global.template.json', /latest/],
    [
      'https://example.com/v1.1.15/cloudfront-s3-control-plane-stack-global.template.json?versionId=1',
      /without query/,
    ],
    [
      'https://example.com/v1.1.15/cloudfront-s3-control-plane-stack-global-oidc.template.json',
      /does not end in/,
    ],
  ])('refuses %s', (url, message) => {
    expect(templateUrlProblem(url, VARIANTS[0]!)).toMatch(message);
  });
});
