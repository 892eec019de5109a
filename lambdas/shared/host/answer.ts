// What a host says: one line that begins with a mark, and JSON behind it.

/** What is known of a unit. */
export interface UnitState {
  readonly kind: 'unit';
  /**
   * `made`: its folder is there, its process not yet. `lost`: the process is gone and left no exit status.
   * `superseded`: a later attempt has begun. `looked`: an inspection ended without a trailer.
   */
  readonly state: 'absent' | 'made' | 'running' | 'ended' | 'lost' | 'superseded' | 'looked';
  /** Exit status, once it has ended. */
  readonly rc?: number;
  /** Age in seconds by the host's clock. */
  readonly seconds?: number;
  /** End of the log, without secrets. */
  readonly tail?: string;
}

/** What an inspection found. */
export interface Trailer {
  readonly ok: boolean;
  /** Why not. */
  readonly problem?: string;
  readonly [member: string]: unknown;
}

/** A host's answer. */
export type HostAnswer = UnitState | { readonly kind: 'trailer'; readonly trailer: Trailer };

/** Longest trailer: it goes into the state data. */
const LONGEST = 8_000;

/** Reads what a command has printed; undefined when nothing of ours is there. */
export function readAnswer(output: string): HostAnswer | undefined {
  const lines = output.split('\n');
  const line = lines.filter((one) => /^RUNBOOK-(STATE|TRAILER) \{/.test(one)).at(-1);
  if (line === undefined || line.length > LONGEST) return undefined;
  const [, mark, text] = /^RUNBOOK-(STATE|TRAILER) (.*)$/.exec(line)!;
  try {
    // A number that is a secret too was taken out, without quotes around it.
    const value = JSON.parse(text!.replace(/([:,[])\[redacted\](?=[,\]}])/g, '$1"[redacted]"'));
    if (mark === 'STATE') return { kind: 'unit', ...value } as UnitState;
    return typeof value.ok === 'boolean' ? { kind: 'trailer', trailer: value } : undefined;
  } catch {
    return undefined;
  }
}
