// Free storage of an instance of RDS, which only CloudWatch knows: one signed request, without a client of
// the SDK for it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

import { SFNClient } from '@aws-sdk/client-sfn';
import { fromEnv } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { NetworkPathError, PreflightError, TryAgainError } from '../errors';
import { Sha256 } from '../kubernetes/token';

const GIB = 1_073_741_824;
/** A route that is missing is silent. */
const PATIENCE_MS = 5_000;
/** RDS sends a datum a minute, and some come late. */
const BACK_MS = 15 * 60_000;

/** GiB at the last datum; undefined: there is none. @throws NetworkPathError, TryAgainError */
export async function freeGiB(
  region: string,
  dbInstanceIdentifier: string | null,
  now: number,
): Promise<number | undefined> {
  if (dbInstanceIdentifier === null) return undefined;
  const answer = await ask(await endpointOf(region), region, {
    Action: 'GetMetricData',
    Version: '2010-08-01',
    StartTime: new Date(now - BACK_MS).toISOString(),
    EndTime: new Date(now).toISOString(),
    ScanBy: 'TimestampDescending',
    'MetricDataQueries.member.1.Id': 'free',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'AWS/RDS',
    'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'FreeStorageSpace',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'DBInstanceIdentifier',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': dbInstanceIdentifier,
    'MetricDataQueries.member.1.MetricStat.Period': '60',
    'MetricDataQueries.member.1.MetricStat.Stat': 'Minimum',
  });
  const value = /<Values>\s*<member>([\d.eE+]+)<\/member>/.exec(answer)?.[1];
  return value === undefined ? undefined : Number(value) / GIB;
}

/** Host of the service in any partition: that of another service of the region, by its own name. */
async function endpointOf(region: string): Promise<URL> {
  const given = process.env.AWS_ENDPOINT_URL_CLOUDWATCH ?? process.env.AWS_ENDPOINT_URL;
  if (given) return new URL(given);
  const { url } = new SFNClient({ region }).config.endpointProvider({ Region: region });
  return new URL(String(url).replace('//states.', '//monitoring.'));
}

async function ask(url: URL, region: string, form: Record<string, string>): Promise<string> {
  const body = new URLSearchParams(form).toString();
  const credentials = fromEnv();
  const signer = new SignatureV4({ service: 'monitoring', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(url, { method: 'POST', headers, body, signal }).catch((error) => {
    throw new NetworkPathError(
      `CloudWatch at ${url.host} does not answer: ${(error as Error).message}. It is asked for the free storage ` +
        'because of minFreeGiB. Give the subnets of the task a route or an endpoint to it, or run without ' +
        'minFreeGiB; then redrive',
    );
  });
  const text = await answer.text();
  if (answer.ok) return text;
  const said = /<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? text.slice(0, 200);
  if (answer.status >= 500) throw new TryAgainError(`CloudWatch says ${answer.status}: ${said}`);
  throw new PreflightError([`CloudWatch does not tell the free storage: ${answer.status} ${said}`]);
}
