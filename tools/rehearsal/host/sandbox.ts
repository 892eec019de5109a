// A Tutor host in a folder: its files under the paths a scenario names, its programs recording stand-ins, its
// shell the real one.

import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** What shall go wrong on the host. */
export interface HostFault {
  /** Beginning of the occasion: `tutor images build aspects`, `pip install`, `job init aspects`, `dbt run`, `import`, `mysql`, `smoke`. */
  readonly on: string;
  /**
   * `killed`: the client of docker is killed, and everybody takes it for a success. `nothing`: nothing is done,
   * and all is well. `error`: it fails. `slow`: it takes `seconds`. `agent-dies`: the agent of Systems Manager.
   * `host-restarts`: every process of the host.
   */
  readonly kind: 'killed' | 'nothing' | 'error' | 'slow' | 'agent-dies' | 'host-restarts';
  /** Which occasion. @default 1 */
  readonly nth?: number;
  /** Whether it comes back. @default false */
  readonly always?: boolean;
  /** How long the work takes, in seconds of the rehearsal. */
  readonly seconds?: number;
}

/** Key `host` of `cloud.json`. */
export interface HostData {
  readonly instanceId: string;
  readonly region?: string;
  /** Linux user, and Tutor's project root. */
  readonly user: string;
  readonly root: string;
  /** Folder of Tutor's programs. */
  readonly path: string;
  /** Other folders that scripts write to. */
  readonly folders: readonly string[];
  readonly tutor: string;
  readonly mfe: string;
  readonly plugin: string;
  /** What `pip install --upgrade` without a version takes. @default - 3.0.3 with Tutor 21.0.0 */
  readonly newest?: { readonly plugin: string; readonly tutor: string };
  /** Whether systemd runs there. @default false */
  readonly systemd?: boolean;
  /** Members of config.yml, passwords included. */
  readonly config: Readonly<Record<string, string | readonly string[]>>;
  /** Names that `tutor config patches list` prints. @default - none */
  readonly patches?: readonly string[];
  readonly faults?: readonly HostFault[];
}

/** A container as the stand-in of docker has it. */
export interface HostContainer {
  readonly name: string;
  readonly service: string;
  readonly project: string;
  readonly image: string;
}

/** `host.json`. */
export interface HostState {
  tutor: string;
  plugin: string;
  faults: (HostFault & { readonly used?: boolean })[];
  containers: HostContainer[];
  images: Record<string, { id: string; created: number; plugin?: string; digest?: string }>;
  /** Of Kubernetes, by name. @default - none */
  deployments?: Record<string, { replicas: number; annotations?: Record<string, string> }>;
  /** Tables of MySQL by database. */
  databases: Record<string, string[]>;
}

/** One call of a program. */
export interface HostCall {
  readonly program: 'tutor' | 'docker' | 'kubectl' | 'python';
  readonly args: readonly string[];
  /** TUTOR_ROOT, and the user a command was given to. */
  readonly root?: string;
  readonly user?: string;
  /** Epoch seconds. */
  readonly at: number;
}

const PROGRAMS = join(__dirname, 'programs');
const SHIMS = ['runuser', 'getent', 'date', 'sleep', 'chown', 'setsid'];
const SYSTEMD = ['systemd-run', 'systemctl'];

/** The folder; see the head of the file. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'rehearsed-host-'));
  /** Folder of its own programs, first on the path of the agent. */
  readonly bin = join(this.folder, 'usr/bin');
  private readonly mounts: readonly string[];

  constructor(readonly data: HostData) {
    const { user, root, path, folders } = data;
    this.mounts = [root, path, `/home/${user}`, '/run/systemd', ...folders].sort(
      (a, b) => b.length - a.length,
    );
    for (const folder of [root, path, ...folders])
      mkdirSync(this.inside(folder), { recursive: true });
    mkdirSync(this.bin, { recursive: true });
    const shims = data.systemd ? [...SHIMS, ...SYSTEMD] : SHIMS;
    if (data.systemd) mkdirSync(this.inside('/run/systemd/system'), { recursive: true });
    for (const name of shims)
      this.program(join(this.bin, name), readFileSync(join(PROGRAMS, `${name}.sh`), 'utf8'));
    this.node(join(this.bin, 'docker'), 'docker.cjs');
    this.node(join(this.bin, 'kubectl'), 'kubectl.cjs');
    this.node(join(this.inside(path), 'tutor'), 'tutor.cjs');
    this.node(join(this.inside(path), 'python'), 'python.cjs');
    const lines = Object.entries(data.config).map(([key, value]) =>
      typeof value === 'string'
        ? value.includes('\n')
          ? `${key}: |-\n  ${value.replaceAll('\n', '\n  ')}`
          : `${key}: ${JSON.stringify(value).includes('\\') ? `'${value.replaceAll("'", "''")}'` : value}`
        : `${key}:\n${value.map((one) => `- ${one}`).join('\n')}`,
    );
    writeFileSync(join(this.inside(root), 'config.yml'), `${lines.join('\n')}\n`);
    writeFileSync(join(this.folder, 'calls.jsonl'), '');
  }

  /** Where a path of the host lies. */
  inside(path: string): string {
    return join(this.folder, path);
  }

  /** Makes the host's paths those of the sandbox, and back. */
  mounted(text: string): string {
    const at = new RegExp(
      `(?<![A-Za-z0-9._/-])(${this.mounts.map(escaped).join('|')})(?![A-Za-z0-9_-])`,
      'g',
    );
    return text.replace(at, (path) => this.inside(path));
  }

  unmounted(text: string): string {
    return text.replaceAll(this.folder, '');
  }

  get state(): HostState {
    return JSON.parse(readFileSync(join(this.folder, 'host.json'), 'utf8'));
  }

  set state(state: object) {
    writeFileSync(join(this.folder, 'host.json'), JSON.stringify(state, null, 1));
  }

  /** What was called so far, oldest first. */
  get calls(): readonly HostCall[] {
    const lines = readFileSync(join(this.folder, 'calls.jsonl'), 'utf8').trim();
    return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line));
  }

  /** Leaders of sessions whose number a file `pid` names, in a folder that scripts write to. */
  sessions(): number[] {
    return this.data.folders.flatMap((folder) =>
      readdirSync(this.inside(folder), { recursive: true })
        .filter((name) => /(^|\/)pid$/.test(String(name)))
        .map((name) =>
          Number.parseInt(readFileSync(join(this.inside(folder), String(name)), 'utf8'), 10),
        )
        .filter((pid) => pid > 1),
    );
  }

  /** The text of a file of the host. */
  read(path: string): string {
    return readFileSync(this.inside(path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(this.inside(path), text);
  }

  setTime(ms: number): void {
    writeFileSync(join(this.folder, 'clock'), String(Math.floor(ms / 1000)));
  }

  /** Keeps a copy for whoever looks at it afterwards. */
  copyTo(folder: string): void {
    cpSync(this.folder, folder, { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private node(path: string, program: string): void {
    const text = readFileSync(join(PROGRAMS, 'program.sh'), 'utf8')
      .replace('NAME', basename(path))
      .replace('"NODE" "FILE"', `"${process.execPath}" "${join(PROGRAMS, program)}"`);
    this.program(path, text);
  }

  private program(path: string, text: string): void {
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
