// What addresses tell: buckets, servers, and the places AWS writes into the names of its hosts.

export interface Server {
  readonly host: string;
  readonly port?: number;
}

/** `host` or `host:3306`. */
export function serverOf(text: string): Server | undefined {
  const found = /^([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?$/.exec(text);
  if (!found) return undefined;
  const [, host, port] = found;
  return port === undefined ? { host: host! } : { host: host!, port: Number(port) };
}

/** `s3://bucket` or `s3://bucket/folder`. */
export function rootOf(
  uri: string,
): { readonly bucket: string; readonly folder: string } | undefined {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(uri);
  return found ? { bucket: found[1]!, folder: trimmed(found[2] ?? '') } : undefined;
}

/** A part of a key without slashes at its ends. */
export const trimmed = (part: string): string => part.replace(/^\/+|\/+$/g, '');

const REGION = '([a-z]{2}(?:-[a-z]+)+-\\d)';
const DOMAIN = 'amazonaws\\.com(?:\\.cn)?$';
const CLUSTER = new RegExp(`^([a-z0-9-]+)\\.[a-z0-9]+\\.${REGION}\\.redshift\\.${DOMAIN}`);
const WORKGROUP = new RegExp(
  `^([a-z0-9-]+)\\.(\\d{12})\\.${REGION}\\.redshift-serverless\\.${DOMAIN}`,
);
const DATABASE = new RegExp(`\\.${REGION}\\.rds\\.${DOMAIN}`);

/** What the name of a Redshift endpoint says. */
export interface RedshiftHost {
  readonly cluster?: string;
  readonly workgroup?: string;
  readonly account?: string;
  readonly region?: string;
}

export function redshiftOf(host: string): RedshiftHost {
  const [, cluster, region] = CLUSTER.exec(host) ?? [];
  if (cluster !== undefined) return { cluster, region };
  const [, workgroup, account, where] = WORKGROUP.exec(host) ?? [];
  return workgroup === undefined ? {} : { workgroup, account, region: where };
}

/** Region of a database's endpoint. */
export const regionOfDatabase = (host: string): string | undefined => DATABASE.exec(host)?.[1];
