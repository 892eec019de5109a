// A database that exports rows into a bucket, and the bucket, for tests of tasks: statements take the time of
// a clock, and go on or end when their client is gone.

import type { Objects, StoredFile } from '../../lambdas/extract-slices/objects';
import type {
  ExportServer,
  ExportSession,
  Holder,
  SliceRef,
} from '../../lambdas/extract-slices/server';
import type { Window } from '../../lambdas/extract-slices/window';
import type { Clock } from '../../lambdas/shared/clock';

/** An error as mysql2 throws it. */
export const mysqlError = (message: string, members: object = {}): Error =>
  Object.assign(new Error(message), members);

const INTERRUPTED = { errno: 1317 };
const LOST = { code: 'PROTOCOL_CONNECTION_LOST', fatal: true };

export class FakeBucket implements Objects {
  readonly files = new Map<string, string>();
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  async list(prefix: string): Promise<StoredFile[]> {
    const found = [...this.files].filter(([key]) => key.startsWith(prefix));
    return found.map(([key, text]) => ({ key, bytes: text.length })).sort(byKey);
  }

  async read(key: string): Promise<{ text: string; etag: string }> {
    const text = this.files.get(key);
    if (text === undefined) throw mysqlError('AccessDenied');
    return { text, etag: `"${text.length}"` };
  }

  async lines(key: string): Promise<number> {
    return this.files.get(key)!.split('\n').length - 1;
  }

  async write(key: string, text: string): Promise<void> {
    this.before();
    this.files.set(key, text);
    this.after();
  }

  async remove(key: string): Promise<void> {
    this.before();
    this.files.delete(key);
    this.after();
  }
}

const byKey = (a: StoredFile, b: StoredFile) => (a.key < b.key ? -1 : 1);

interface Statement {
  readonly endsAt: number;
  readonly finish: () => number;
  /** Leaves the first part behind, as one that is ended does. */
  readonly leave: () => void;
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
}

interface Session {
  readonly id: string;
  open: boolean;
  statement?: Statement;
}

export class FakeDatabase {
  /** Instants of exams, in microseconds; each has one alt score. */
  rows: number[] = [];
  /** Instants of scores without a scale score. */
  nulls: number[] = [];
  rowsPerPart = 1000;
  /** How long an export of so many rows takes. */
  secondsFor = (_rows: number, _window: Window): number => 1;
  stopsWithClient = false;
  mayKill = true;
  /** What the next exports say instead of an answer; the statement is executed with `lost` only. */
  readonly fail: ('lost' | 'lost-before' | Error)[] = [];
  before: () => void = () => undefined;
  after: () => void = () => undefined;
  /** Most statements that ran at once. */
  most = 0;
  readonly exports: SliceRef[] = [];
  readonly kills: string[] = [];
  private readonly sessions = new Map<string, Session>();
  private ids = 0;

  constructor(
    readonly bucket: FakeBucket,
    private readonly name: string,
  ) {}

  private time = Date.parse('2026-01-01T00:00:00Z');
  /** Statements end as it goes on. */
  readonly clock: Clock = {
    now: () => this.time,
    sleep: async (ms) => {
      this.time += ms;
      this.tick();
    },
  };

  /** The side of one invocation. */
  connect(): ExportServer {
    return {
      enter: async () => this.enter(),
      holder: async () => this.holder(),
      kill: async (id, what) => this.kill(id, what),
      close: () => undefined,
    };
  }

  /** Whether nothing runs. */
  get idle(): boolean {
    return [...this.sessions.values()].every(({ statement }) => !statement);
  }

  private enter(): ExportSession | undefined {
    if (this.sessions.size > 0) return undefined;
    const session: Session = { id: String(++this.ids), open: true };
    this.sessions.set(session.id, session);
    return {
      id: session.id,
      export: (slice, uri) => this.export(session, slice, uri),
      countNullScores: async ({ window }) => within(this.nulls, window).length,
      close: () => this.close(session),
    };
  }

  private holder(): Holder | undefined {
    const [session] = this.sessions.values();
    return session && { id: session.id, busy: session.statement !== undefined };
  }

  private async export(session: Session, slice: SliceRef, uri: string): Promise<number> {
    if (!this.sessions.has(session.id)) throw mysqlError('closed', LOST);
    this.breaking(session, this.before);
    const trouble = this.fail.shift();
    if (trouble instanceof Error) throw trouble;
    this.exports.push(slice);
    const found = within(this.rows, slice.window);
    const stem = uri.replace(`s3-eu-west-1://${this.name}/`, '');
    const finish = () => this.put(stem, found);
    const leave = () => void this.bucket.files.set(`${stem}.part_00000`, '');
    if (trouble === 'lost-before') {
      this.close(session);
      throw mysqlError('Connection lost', LOST);
    }
    const seconds = this.secondsFor(found.length, slice.window);
    const answer = new Promise<number>((resolve, reject) => {
      const endsAt = this.clock.now() + seconds * 1000;
      session.statement = { endsAt, finish, leave, resolve, reject };
    });
    this.most = Math.max(this.most, [...this.sessions.values()].filter((s) => s.statement).length);
    // Whoever has asked may be gone by then.
    answer.catch(() => undefined);
    this.breaking(session, this.after);
    if (trouble === 'lost') {
      this.close(session);
      throw mysqlError('Connection lost', LOST);
    }
    return answer;
  }

  /** An interruption breaks the connection. */
  private breaking(session: Session, interruption: () => void): void {
    try {
      interruption();
    } catch {
      this.close(session);
      throw mysqlError('Connection lost', LOST);
    }
  }

  private put(stem: string, rows: readonly number[]): number {
    const entries: { url: string }[] = [];
    for (let at = 0; at === 0 || at < rows.length; at += this.rowsPerPart) {
      const key = `${stem}.part_${String(entries.length).padStart(5, '0')}`;
      const lines = rows.slice(at, at + this.rowsPerPart).map((row) => `${row}\n`);
      this.bucket.files.set(key, lines.join(''));
      entries.push({ url: `s3-eu-west-1://${this.name}/${key}` });
    }
    this.bucket.files.set(`${stem}.manifest`, JSON.stringify({ entries }));
    return rows.length;
  }

  private tick(): void {
    for (const session of this.sessions.values()) {
      const { statement } = session;
      if (!statement || statement.endsAt > this.clock.now()) continue;
      session.statement = undefined;
      statement.resolve(statement.finish());
      if (!session.open) this.sessions.delete(session.id);
    }
  }

  private close(session: Session): void {
    session.open = false;
    if (session.statement && !this.stopsWithClient) return;
    session.statement = undefined;
    this.sessions.delete(session.id);
  }

  private async kill(id: string, what: 'query' | 'connection'): Promise<boolean> {
    this.kills.push(what);
    if (!this.mayKill) return false;
    const session = this.sessions.get(id);
    const { statement } = session ?? {};
    if (!session) return true;
    session.statement = undefined;
    statement?.leave();
    if (what === 'connection' || !session.open) this.sessions.delete(id);
    statement?.reject(mysqlError('interrupted', what === 'query' ? INTERRUPTED : LOST));
    return true;
  }
}

const within = (rows: readonly number[], { from, before }: Window): number[] =>
  rows.filter((row) => row >= from && row < before);
