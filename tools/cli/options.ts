import { InvalidArgumentError } from 'commander';

export interface RehearseOptions {
  /** Replaces the machine named first, so that `npm run rehearse -- --machine NAME` works. */
  readonly machine?: string;
  readonly scenario?: string;
  readonly input?: string;
  readonly rows?: number;
  readonly fault: readonly string[];
  readonly redrive?: number;
  readonly approve?: boolean;
  readonly clock?: 'real' | 'virtual';
  readonly report?: string;
  readonly json?: boolean;
  readonly assembly?: string;
  readonly target: string;
  readonly byHand?: boolean;
  readonly demo?: boolean;
}

export interface AccountOptions
  extends Pick<RehearseOptions, 'scenario' | 'rows' | 'fault' | 'assembly' | 'target' | 'input'> {
  /** File for the keys, to be sourced by a shell. */
  readonly env: string;
}

/** One of several parts, counted from 1. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

export interface MatrixOptions
  extends Pick<
    RehearseOptions,
    'machine' | 'scenario' | 'input' | 'rows' | 'fault' | 'assembly' | 'target' | 'json'
  > {
  /** Runs one case of each call, chosen by this text. */
  readonly draw?: string;
  /** Begins no case after so many minutes. */
  readonly minutes?: number;
  /** Cases tried in one run; where it differs, each is tried alone. */
  readonly together: number;
  /** Cases at a time. */
  readonly jobs: number;
  /** Every n-th group of cases from the i-th on: a process uses one core. @default - all */
  readonly part?: Part;
  /** File to which each result is added; what was equal there with the same assembly is not run. @default - none */
  readonly results?: string;
}

export interface InitClickstreamOptions {
  readonly project?: string;
  /** Name of the file in config/. */
  readonly target: string;
  /** @default - config/<target>.json */
  readonly out?: string;
  readonly force: boolean;
  readonly consoleStack?: string;
  readonly consoleRegion?: string;
  readonly consoleRoleArn?: string;
  readonly apiTokenSecretArn?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
}

/** What every `init` that reads an account takes. */
interface InitAccountOptions {
  /** Name of the file in config/. */
  readonly target: string;
  /** @default - config/<target>.json */
  readonly out?: string;
  readonly force: boolean;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
  readonly vpcId?: string;
  readonly subnet?: readonly string[];
  readonly securityGroup?: readonly string[];
}

export interface InitHistoryOptions extends InitAccountOptions {
  /** Server with the history of today; `new…` is where it goes. */
  readonly db?: string;
  readonly database?: string;
  readonly secretArn?: string;
  readonly user?: string;
  readonly newDb?: string;
  readonly newDatabase?: string;
  readonly newSecretArn?: string;
  readonly newUser?: string;
  readonly adminSecretArn?: string;
}

export interface InitAspectsOptions extends InitAccountOptions {
  /** Id of the instance with Tutor. */
  readonly instance?: string;
  /** Its tag Name, instead. */
  readonly name?: string;
  readonly user?: string;
  readonly tutorRoot?: string;
  /** Folder with `tutor`. */
  readonly path?: string;
  readonly clickhouseUrl?: string;
  readonly secretArn?: string;
  readonly backupDisk?: string;
  /** `bucket` or `s3://bucket/folder`. */
  readonly backupBucket?: string;
}

export interface InitRdwOptions {
  readonly config: readonly string[];
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly account?: string;
  readonly region?: string;
  readonly location?: string;
  readonly sourceSecretArn?: string;
  readonly sourceUser?: string;
  /** `PA=arn:…` */
  readonly tenantSecretArn?: readonly string[];
  /** `PA=reporting_pa` */
  readonly reportingSchema?: readonly string[];
  readonly redshiftCluster?: string;
  readonly redshiftWorkgroup?: string;
  readonly workgroupId?: string;
  readonly warehouseRoleArn?: string;
  readonly warehouseSecretArn?: string;
  readonly warehouseUser?: string;
  readonly eksCluster?: string;
  readonly eksEndpoint?: string;
  readonly eksCertificateAuthority?: string;
  readonly eksSecretArn?: string;
  readonly eksRoleArn?: string;
  readonly eksRegion?: string;
  readonly namespace?: string;
  readonly deployment?: string;
  readonly vpcId?: string;
  readonly subnet?: readonly string[];
  readonly securityGroup?: readonly string[];
}

/** A whole number from `least` on, as an option's value. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} on.`);
  };
}

/** `1/2`: the first of two parts. */
export function partOf(text: string): Part {
  const [number, of] = (/^(\d+)\/(\d+)$/.exec(text)?.slice(1) ?? []).map(Number);
  if (number && of && number <= of) return { number, of };
  throw new InvalidArgumentError('must be a part such as 1/2.');
}

export const collect = (text: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  text,
];
