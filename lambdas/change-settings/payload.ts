import type { LiveCopySettings } from '../copy-chunks/payload';
import type { Caller } from '../shared/run';

/** What a person writes into the settings machine: a run, and what changes. */
export interface SettingsInput extends LiveCopySettings {
  readonly run: string;
}

export interface ChangeSettingsPayload extends Pick<Caller, 'version' | 'selfArn'> {
  /** The execution's input as it came. */
  readonly input: unknown;
}

export interface ChangeSettingsResult {
  readonly run: string;
  /** All that is set now, earlier changes included. */
  readonly settings: LiveCopySettings;
}
