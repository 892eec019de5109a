import type {
  PreflightMigrationPayload,
  PreflightMigrationResult,
} from '../preflight-migration/payload';
import type {
  ReadConsoleStackPayload,
  ReadConsoleStackResult,
} from '../read-console-stack/payload';
import type { ReadPipelinePayload, ReadPipelineResult } from '../read-pipeline/payload';
import type { Caller } from '../shared/run';

type Own<P> = Omit<P, keyof Caller | 'dryRun'>;

/** What each part looks at, without who calls. */
export interface PreflightUpgradePayload extends Caller {
  readonly console: Own<ReadConsoleStackPayload>;
  readonly pipeline: Own<ReadPipelinePayload>;
  readonly migration: Own<PreflightMigrationPayload>;
  readonly dryRun: boolean;
}

/** What each part found, under the name its states read it by. */
export interface PreflightUpgradeResult {
  readonly console: ReadConsoleStackResult;
  readonly pipeline: ReadPipelineResult;
  readonly plan: PreflightMigrationResult;
}
