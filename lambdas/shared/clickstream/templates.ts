// The console's templates: the seven variants the solution's guide offers, how a deployed stack shows
// which one it is, and where each version was published. Addresses of single versions only: what
// `latest` points to changes without notice.
// https://docs.aws.amazon.com/solutions/latest/clickstream-analytics-on-aws/

import { BASE_URLS } from '../inputs/template-folders';
import { parseVersion, type SolutionVersion, shortVersion } from './versions';

export type VariantNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** One way to install the console. */
export interface ConsoleVariant {
  readonly number: VariantNumber;
  /** File name without `.template.json`. */
  readonly file: string;
  readonly use: string;
  /** Published in the bucket of the China partition. */
  readonly china: boolean;
  /** Parameters besides the common ones. */
  readonly parameters: readonly string[];
}

const DOMAIN = ['HostedZoneId', 'HostedZoneName', 'RecordName'];
const OIDC = ['OIDCProvider', 'OIDCClientId'];
const VPC = ['VpcId', 'PrivateSubnets', ...OIDC];
const CLOUDFRONT = 'cloudfront-s3-control-plane-stack';
const PRIVATE = 'private-exist-vpc-control-plane-stack';

// biome-ignore format: a table reads better in columns
export const VARIANTS: readonly ConsoleVariant[] = [
  { number: 1, file: `${CLOUDFRONT}-global`,                   use: 'Cognito',                    china: false, parameters: [] },
  { number: 2, file: `${CLOUDFRONT}-global-customdomain`,      use: 'Cognito, own domain',        china: false, parameters: DOMAIN },
  { number: 3, file: `${CLOUDFRONT}-global-oidc`,              use: 'OIDC',                       china: false, parameters: OIDC },
  { number: 4, file: `${CLOUDFRONT}-global-customdomain-oidc`, use: 'OIDC, own domain',           china: false, parameters: [...DOMAIN, ...OIDC] },
  { number: 5, file: PRIVATE,                                  use: 'OIDC inside a VPC',          china: false, parameters: VPC },
  { number: 6, file: `${CLOUDFRONT}-cn`,                       use: 'China, own domain, OIDC',    china: true,  parameters: ['IAMCertificateId', 'DomainName', ...OIDC] },
  { number: 7, file: PRIVATE,                                  use: 'China, OIDC inside a VPC',   china: true,  parameters: VPC },
];

/** Parameters of every variant; the two of IAM exist since v1.1.6. */
export const COMMON_PARAMETERS = ['Email', 'IamRolePrefix', 'IamRoleBoundaryArn'];

/** What a stack or a template says about itself. */
export interface ConsoleIdentity {
  readonly description: string;
  readonly parameterKeys: readonly string[];
  readonly partition: string;
}

/** A recognised console, or why it is none that this runbook updates. */
export type Recognised =
  | { readonly variant: ConsoleVariant; readonly version: SolutionVersion }
  | { readonly problem: string };

const DESCRIPTION =
  /^\(SO0219\) Clickstream Analytics on AWS \(Version (v\d+\.\d+\.\d+)\)(?:\(Build ([^)]*)\))?- Control Plane(?: within VPC \((Public|Private)\))?$/;

/** Version and network of a console from its description alone; five variants share one text. */
export function describedVersion(
  description: string,
): { version: SolutionVersion; network?: 'Public' | 'Private' } | undefined {
  const match = DESCRIPTION.exec(description);
  const version = match && parseVersion(match[1]!);
  if (!version) return undefined;
  return {
    version: { ...version, build: match[2] ?? '' },
    network: match[3] as 'Public' | 'Private',
  };
}

/** Tells the variant by description, parameter keys and partition together. */
export function recognise(identity: ConsoleIdentity): Recognised {
  const described = describedVersion(identity.description);
  if (!described) {
    return {
      problem: `is not a console of Clickstream Analytics on AWS: its description is ${JSON.stringify(identity.description)}`,
    };
  }
  const number = variantNumber(identity, described.network);
  const variant = VARIANTS.find((v) => v.number === number);
  if (variant) return { variant, version: described.version };
  return {
    problem:
      'is a console of a variant that the upgrade guide does not offer' +
      (described.network === 'Public'
        ? ' (public-exist-vpc-control-plane-stack or its custom domain form)'
        : '') +
      `: within VPC ${described.network ?? 'no'}, parameters ${[...identity.parameterKeys].sort().join(', ') || 'none'}, ` +
      `partition ${identity.partition}`,
  };
}

function variantNumber(
  { parameterKeys, partition }: ConsoleIdentity,
  network: 'Public' | 'Private' | undefined,
): VariantNumber | undefined {
  const has = (key: string) => parameterKeys.includes(key);
  const china = partition === 'aws-cn';
  if (network === 'Public') return undefined;
  if (network === 'Private' || has('VpcId')) {
    // A private console without OIDC is private-exist-vpc-cognito-control-plane-stack.
    if (network !== 'Private' || !has('VpcId') || !has('OIDCProvider')) return undefined;
    return china ? 7 : 5;
  }
  if (china || has('IAMCertificateId')) return china && has('IAMCertificateId') ? 6 : undefined;
  if (has('HostedZoneId')) return has('OIDCProvider') ? 4 : 2;
  return has('OIDCProvider') ? 3 : 1;
}

/**
 * Folders of the published versions. In the global bucket a folder is called as its version; in
 * China's it carries the build, so only those that are known can be found.
 */
const PUBLISHED: Readonly<Record<string, { readonly china?: string }>> = {
  'v1.1.5': { china: 'v1.1.5-202403070738-4a220005' },
  ...Object.fromEntries([6, 7, 8, 9, 10, 11, 13, 14, 15].map((patch) => [`v1.1.${patch}`, {}])),
};

/**
 * Address of a variant's template in one version, for the partition the stack is in.
 *
 * @returns undefined when no address is known: then `console.templateUrl` of the input names it
 */
export function templateUrl(
  variant: ConsoleVariant,
  version: SolutionVersion,
  partition: string,
): string | undefined {
  const base = BASE_URLS[partition];
  const published = PUBLISHED[shortVersion(version)];
  const folder = variant.china
    ? published?.china && `${published.china}/cn`
    : shortVersion(version);
  if (!base || !published || !folder || variant.china !== (partition === 'aws-cn'))
    return undefined;
  return `${base}/${folder}/${variant.file}.template.json`;
}

/** Why an address given by a person cannot be the template of this variant; undefined when it can. */
export function templateUrlProblem(url: string, variant: ConsoleVariant): string | undefined {
  const file = `${variant.file}.template.json`;
  if (!/^https:\/\/[^\s?#]+$/.test(url))
    return `templateUrl ${JSON.stringify(url)} is not an https address without query`;
  if (/\/latest\//.test(url))
    return `templateUrl ${url} points to latest, which moves: name a version's folder`;
  if (!url.endsWith(`/${file}`)) {
    return `templateUrl ${url} does not end in /${file}, the template of the deployed variant (${variant.use})`;
  }
  return undefined;
}
