// A Tutor host as Systems Manager reaches it: an agent that can die, a shell, and time. Programs run for real and
// take no time of the rehearsal but what they ask for here; meanwhile the clock stands still.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { Clock } from '../types';
import { type HostData, type HostFault, Sandbox } from './sandbox';

export type * from './sandbox';

/** What the agent says about a command that has ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** What the host reaches. */
export interface HostGround {
  readonly clock: Clock;
  /** URL of ClickHouse's HTTP interface. @default - jobs make nothing there */
  readonly clickhouse?: string;
  /** Folder with `models`, `alembic` and `macro`. @default - none */
  readonly scenarioDir?: string;
  /** Takes errors of the stand-in itself. */
  readonly problems: Error[];
}

/** The host; see the head of the file. */
export class TutorHost {
  readonly sandbox: Sandbox;
  /** Whether the agent answers, and since when it does not (epoch ms). */
  silentSince: number | undefined;
  private readonly control: Server;
  private readonly direct = new Set<ChildProcess>();
  /** Trees of processes that live, by number. */
  private readonly trees = new Map<string, Tree>();
  private made = 0;
  private release: (() => void) | undefined;
  private stopped = false;

  private constructor(
    data: HostData,
    private readonly ground: HostGround,
  ) {
    this.sandbox = new Sandbox(data);
    this.control = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const gone = new AbortController();
        // Whoever asked was killed: nobody waits any more.
        response.once('close', () => gone.abort());
        const { url = '', headers } = request;
        void this.asked(url, Buffer.concat(parts).toString(), String(headers.tree), gone.signal)
          .then(() => response.end())
          .catch(() => response.destroy());
      });
    });
  }

  static async start(data: HostData, ground: HostGround): Promise<TutorHost> {
    const host = new TutorHost(data, ground);
    await new Promise<void>((resolve) => host.control.listen(0, '127.0.0.1', resolve));
    const { port } = host.control.address() as AddressInfo;
    const { tutor, mfe, plugin, newest, patches = [], faults = [], root } = data;
    host.sandbox.setTime(ground.clock.now());
    host.sandbox.state = {
      control: `http://127.0.0.1:${port}`,
      clickhouse: ground.clickhouse,
      scenario: ground.scenarioDir ?? '/nowhere',
      tutor,
      mfe,
      plugin,
      newest: newest ?? { plugin: '3.0.3', tutor: '21.0.0' },
      patches,
      faults,
      dockerRoot: host.sandbox.inside(root),
      containers: [],
      images: {},
      databases: { superset: ['dashboards', 'slices', 'dbs'] },
    };
    await host.tutor('config', 'save');
    await host.tutor('local', 'start', '-d');
    return host;
  }

  get id(): string {
    return this.sandbox.data.instanceId;
  }

  /** Adds faults from now on. */
  arm(...faults: readonly HostFault[]): void {
    const state = this.sandbox.state;
    this.sandbox.state = { ...state, faults: [...state.faults, ...faults] };
  }

  /** What an operator calls on the host, as its user. */
  tutor(...args: readonly string[]): Promise<Ended> {
    const { root, path, user } = this.sandbox.data;
    const words = args.map((word) => `'${word}'`).join(' ');
    return this.run(`TUTOR_ROOT=${root} REHEARSED_USER=${user} ${path}/tutor ${words}`);
  }

  /** Runs a shell script as the agent does: as root, without home or profile. */
  run(script: string): Promise<Ended> {
    const { sandbox } = this;
    sandbox.setTime(this.ground.clock.now());
    const tree = `${++this.made}`;
    const env = {
      REHEARSED_TREE: tree,
      PATH: `${sandbox.bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      REHEARSED_SANDBOX: sandbox.folder,
    };
    // Whoever is left of it keeps the fourth pipe open.
    const child = spawn('/bin/sh', ['-c', sandbox.mounted(script)], {
      cwd: sandbox.bin,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.direct.add(child);
    this.trees.set(tree, { waited: true, waiting: 0, apart: 0 });
    this.hold();
    const pipe = child.stdio[3] as NodeJS.ReadableStream;
    pipe.on('data', () => {}).on('error', () => {});
    pipe.on('close', () => {
      this.trees.delete(tree);
      this.hold();
    });
    child.on('exit', () => {
      const alive = this.trees.get(tree);
      if (alive) alive.waited = false;
      this.hold();
    });
    // As the agent: it waits for whoever holds the output, but not for those who let go of it.
    const [exited, output, errors] = [
      statusOf(child),
      textOf(child.stdout!),
      textOf(child.stderr!),
    ];
    return Promise.all([exited, output, errors]).then(([status, ...texts]) => {
      this.direct.delete(child);
      const [said, complained] = texts.map((text) => sandbox.unmounted(text)) as [string, string];
      return { status, output: said, errors: complained };
    });
  }

  /** The agent dies, with what it runs itself; what was started apart from it goes on. */
  killAgent(): void {
    this.silentSince ??= this.ground.clock.now();
    for (const { pid } of this.direct) kill(pid);
  }

  reviveAgent(): void {
    this.silentSince = undefined;
  }

  /** Every process of the host ends; its containers come up again, jobs do not, and the agent is back. */
  restart(): void {
    this.sandbox.state = {
      ...this.sandbox.state,
      containers: this.sandbox.state.containers.filter(({ name }) => !name.includes('-job-run-')),
    };
    this.killUnits();
    for (const { pid } of this.direct) kill(pid);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.killUnits();
    for (const { pid } of this.direct) kill(pid);
    this.control.closeAllConnections();
    await new Promise((resolve) => this.control.close(resolve));
    this.release?.();
    this.sandbox.remove();
  }

  /** Sessions that scripts have started apart from the agent, found by the marks they leave. */
  private killUnits(): void {
    for (const pid of this.sandbox.sessions()) kill(pid);
  }

  private async asked(path: string, body: string, tree: string, gone: AbortSignal): Promise<void> {
    const { clock } = this.ground;
    if (path === '/agent-dies') return this.killAgent();
    if (path === '/host-restarts') return this.restart();
    this.waits(tree, 1);
    try {
      await clock.sleep(Number(body) * 1000, gone);
    } finally {
      this.waits(tree, -1);
    }
    this.sandbox.setTime(clock.now());
  }

  /** A tree that has ended waits for nothing, also when that is heard before its connection is gone. */
  private waits(tree: string, more: number): void {
    const [number = '', apart] = tree.split('-');
    const alive = this.trees.get(number);
    if (alive) alive[apart ? 'apart' : 'waiting'] += more;
    this.hold();
  }

  /** Time stands still while a tree of processes lives that has something to do before time passes. */
  private hold(): void {
    const busy = !this.stopped && [...this.trees.values()].some(works);
    if (busy) this.release ??= this.ground.clock.hold();
    else if (this.release) {
      const { release } = this;
      this.release = undefined;
      release();
    }
  }
}

/** A script of the agent, and what it has started apart from it. */
interface Tree {
  /** Whether the agent still waits for the script. */
  waited: boolean;
  /** Processes of the script, and of what runs apart, that wait for time to pass. */
  waiting: number;
  apart: number;
}

/** While the agent waits for the script it is the script that counts: what it has started may wait for hours. */
const works = ({ waited, waiting, apart }: Tree): boolean =>
  (waited ? waiting : waiting + apart) === 0;

/** As the shell says it: a script that is killed ends with 128 and the signal's number. */
const statusOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });

async function textOf(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Ends a group of processes. */
function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
