// The tenants of an instance, sandboxes included, as its files name them.

import { rootOf, trimmed } from './addresses';
import type { Settings } from './settings';

/** A tenant of a target's file; what the files do not say is left out. */
export interface TenantDraft {
  readonly id: string;
  readonly warehouseSchema?: string;
  readonly migrateSchema?: string;
  readonly reportingSchema?: string;
  readonly bucket?: string;
  readonly pathPrefix?: string;
  readonly sourceSecretArn?: string;
  readonly altScores?: boolean;
}

/** Where files and options tell the tenants apart. */
interface TenantSources {
  readonly settings: Settings;
  /** Bucket of all tenants, and a folder in it. */
  readonly root: { readonly bucket: string; readonly folder: string } | undefined;
  /** By tenant, from the command line. */
  readonly reportingSchemas: Readonly<Record<string, string>>;
  readonly secretArns: Readonly<Record<string, string>>;
}

/** Property with the name of a tenant's schema. */
export const schemaProperty = (source: string, id: string): string =>
  `datasources.${source}.tenants.${id}.urlParts.database`;

export const tenantIds = (settings: Settings): string[] =>
  settings.keys('tenantProperties.tenants');

export function tenantDrafts(sources: TenantSources): TenantDraft[] {
  return tenantIds(sources.settings).map((id) => tenantDraft(id, sources));
}

function tenantDraft(id: string, sources: TenantSources): TenantDraft {
  const { settings, root, reportingSchemas, secretArns } = sources;
  const uri = settings.text(`archive.tenants.${id}.uriRoot`);
  const own = uri === undefined ? root : rootOf(uri);
  const prefix = trimmed(settings.text(`archive.tenants.${id}.pathPrefix`) ?? '');
  const pathPrefix = [own?.folder, prefix].filter(Boolean).join('/');
  const schema = (source: string) => settings.text(schemaProperty(source, id));
  return {
    id,
    warehouseSchema: schema('warehouse_rw'),
    migrateSchema: schema('migrate_rw'),
    reportingSchema: reportingSchemas[id] ?? schema('reporting_rw'),
    ...(own && own.bucket !== root?.bucket && { bucket: own.bucket }),
    ...(pathPrefix !== '' && { pathPrefix }),
    ...(secretArns[id] !== undefined && { sourceSecretArn: secretArns[id] }),
  };
}

/** Tenants whose bucket or prefix the files hide, with the property that does. */
export function hiddenPlaces({ unusable }: Settings): Map<string, string> {
  const found = [...unusable.keys()].map((property) => [
    /^archive\.tenants\.([^.]+)\./.exec(property)?.[1] ?? '',
    property,
  ]);
  return new Map(found.filter(([id]) => id !== '') as [string, string][]);
}

/** What about the tenants a person must look at. */
export function tenantFindings({ settings }: Pick<TenantSources, 'settings'>): string[] {
  const ids = tenantIds(settings);
  const places = ['archive', 'datasources.warehouse_rw', 'datasources.migrate_rw'];
  const seen = new Set(places.flatMap((place) => settings.keys(`${place}.tenants`)));
  return [...seen]
    .filter((id) => !ids.includes(id))
    .map((id) => `tenant ${id} has settings, and no tenantProperties: it is left out`);
}
