// What a target's file still lacks, each with where it comes from: the schema of targets finds it, and
// the files say why they are of no help.

import { problemsOf } from '../../../lambdas/shared/inputs/problems';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import type { Settings } from './settings';
import { schemaProperty, type TenantDraft } from './tenants';

/** Where members come from: an option, or a property of the files. */
const SOURCES: readonly (readonly [RegExp, (id: string) => readonly string[]])[] = [
  [/^account/, () => ['--account']],
  [/^region/, () => ['--region']],
  [/^rdw\.tenants$/, () => ['tenantProperties.tenants']],
  [/\.warehouseSchema/, (id) => [schemaProperty('warehouse_rw', id)]],
  [/\.migrateSchema/, (id) => [schemaProperty('migrate_rw', id)]],
  [/\.reportingSchema/, (id) => [schemaProperty('reporting_rw', id), '--reporting-schema']],
  [/\.sourceSecretArn/, () => ['--tenant-secret-arn']],
  [/^rdw\.tenants\..*\.(bucket|pathPrefix)$/, (id) => [`archive.tenants.${id}`]],
  [/^rdw\.source(\.host|\.port)?$/, () => ['datasources.warehouse_rw.url-server']],
  [/^rdw\.source\.(secretArn|user)/, () => ['--source-secret-arn', '--source-user']],
  [/^rdw\.warehouse\.database/, () => ['datasources.olap_rw.url-db']],
  [/^rdw\.warehouse\.roleArn/, () => ['--warehouse-role-arn']],
  [/^rdw\.warehouse\.secretArn/, () => ['--warehouse-secret-arn']],
  [
    /^rdw\.warehouse/,
    () => ['datasources.olap_rw.url-server', '--redshift-cluster', '--redshift-workgroup'],
  ],
  [/^rdw\.copyRoleArn/, () => ['migrate.aws.redshift.role']],
  [/^rdw\.bucket/, () => ['archive.uri-root']],
  [/^rdw\.location/, () => ['--location']],
  [/^rdw\.kubernetes\.clusterName/, () => ['--eks-cluster']],
  [/^rdw\.kubernetes\.endpoint/, () => ['--eks-endpoint']],
  [/^rdw\.kubernetes\.certificateAuthority/, () => ['--eks-certificate-authority']],
  [/^rdw\.kubernetes\.secretArn/, () => ['--eks-secret-arn']],
  [/^rdw\.kubernetes\.roleArn/, () => ['--eks-role-arn']],
  [/^rdw\.kubernetes/, () => ['--eks-cluster, and --eks-endpoint or --eks-secret-arn']],
  [/^rdw\.vpc\.vpcId/, () => ['--vpc-id']],
  [/^rdw\.vpc\.subnetIds/, () => ['--subnet']],
  [/^rdw\.vpc\.securityGroupIds/, () => ['--security-group']],
  [/^rdw\.vpc/, () => ['--vpc-id', '--subnet', '--security-group']],
];

/** Problems of a target as sentences. */
export function missingIn(
  target: { readonly rdw: { readonly tenants: readonly TenantDraft[] } & Record<string, unknown> },
  settings: Settings,
): string[] {
  const parsed = targetSchema.safeParse(target);
  const problems = parsed.success ? [] : problemsOf(parsed.error);
  // What one of two members must say the schema tells only where all else is right.
  const { endpoint, secretArn: secret } = (target.rdw.kubernetes ?? {}) as Record<string, unknown>;
  const told = problems.some((one) => one.startsWith('rdw.kubernetes:'));
  if (endpoint === undefined && secret === undefined && !told) {
    problems.push('rdw.kubernetes: must have endpoint, or secretArn of a secret that has it');
  }
  const { secretArn, user } = (target.rdw.source ?? {}) as Record<string, unknown>;
  if ((secretArn === undefined) === (user === undefined)) {
    const at = problems.findIndex((one) => one.startsWith('rdw.source: must have either'));
    if (at >= 0) problems.splice(at, 1);
    problems.push(
      `rdw.source.${secretArn === undefined ? 'secretArn or user: is missing' : 'user: must not be there beside secretArn'}`,
    );
  }
  return problems.map((problem) => withSource(problem, target.rdw.tenants, settings));
}

function withSource(
  problem: string,
  tenants: readonly TenantDraft[],
  { unusable }: Settings,
): string {
  let id = '';
  const text = problem.replace(/^rdw\.tenants\.(\d+)/, (_, index: string) => {
    id = tenants[Number(index)]?.id ?? index;
    return `rdw.tenants.${id}`;
  });
  const path = problem.slice(0, problem.search(/[: ]/));
  const from = SOURCES.find(([pattern]) => pattern.test(path))?.[1](id) ?? [];
  const why = from.flatMap((one) => (unusable.has(one) ? [`${one} ${unusable.get(one)}`] : []));
  const told = [...why, ...from.filter((one) => !unusable.has(one))];
  return told.length === 0 ? text : `${text} (${told.join(', ')})`;
}
