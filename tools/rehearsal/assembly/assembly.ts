// A cloud assembly as `cdk synth` leaves it: stacks, templates and where their assets lie.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Members = Readonly<Record<string, unknown>>;

/** A resource as the template has it, unresolved. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Members;
  readonly Condition?: string;
}

/** A template; the sections the rehearsal reads. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Members>>>>;
  readonly Conditions?: Members;
  readonly Outputs?: Readonly<
    Record<
      string,
      {
        readonly Value: unknown;
        readonly Export?: { readonly Name: unknown };
        readonly Condition?: string;
      }
    >
  >;
}

/** A stack of the assembly. */
export interface AssemblyStack {
  readonly name: string;
  /** Absent where the stack is for any account. */
  readonly account?: string;
  readonly region?: string;
  readonly template: Template;
  /** Files and folders of assets, by the object key the template names. */
  readonly assets: ReadonlyMap<string, string>;
  /** Where resources stand in the tree of constructs, by logical id. */
  readonly paths: ReadonlyMap<string, string>;
}

/** By construct path. */
type ArtifactMetadata = Readonly<Record<string, readonly { type: string; data?: unknown }[]>>;

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly metadata?: ArtifactMetadata;
  readonly additionalMetadataFile?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

const ENVIRONMENT = /^aws:\/\/(\d{12}|unknown-account)\/([\w-]+)$/;

/** Reads all stacks of an assembly, those of its stages included. */
export function readAssembly(folder: string): AssemblyStack[] {
  const { artifacts = {} } = read<{ artifacts?: Record<string, Artifact> }>(
    join(folder, 'manifest.json'),
  );
  const all = Object.entries(artifacts);
  const assets = new Map<string, string>();
  for (const [, { type, properties }] of all) {
    if (type !== 'cdk:asset-manifest' || !properties?.file) continue;
    const { files = {} } = read<AssetManifest>(join(folder, properties.file));
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path) assets.set(objectKey, join(folder, source.path));
      }
    }
  }
  return all.flatMap(([id, artifact]) => {
    const { type, environment = '', properties = {} } = artifact;
    if (type === 'cdk:cloud-assembly') return readAssembly(join(folder, properties.directoryName!));
    if (type !== 'aws:cloudformation:stack') return [];
    const [, account, region] = ENVIRONMENT.exec(environment) ?? [];
    const more = artifact.additionalMetadataFile;
    const metadata = artifact.metadata ?? (more ? read<ArtifactMetadata>(join(folder, more)) : {});
    const stack: AssemblyStack = {
      name: properties.stackName ?? id,
      account: account === 'unknown-account' ? undefined : account,
      region: region === 'unknown-region' ? undefined : region,
      template: read<Template>(join(folder, properties.templateFile!)),
      assets,
      paths: new Map(
        Object.entries(metadata).flatMap(([path, entries]) =>
          entries
            .filter((entry) => entry.type === 'aws:cdk:logicalId')
            .map(({ data }) => [String(data), path] as const),
        ),
      ),
    };
    return [stack];
  });
}
