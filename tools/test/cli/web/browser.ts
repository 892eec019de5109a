// A headless Chromium by its own protocol over two pipes: https://chromedevtools.github.io/devtools-protocol/
// Nothing but the browser is needed, and it listens on no port.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};

export class Browser {
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'page-'));
  private readonly process: ChildProcess;
  private session: string | undefined;
  private last = 0;
  /** Addresses of all requests of the page, in their order. */
  readonly requests: string[] = [];
  /** Errors of the page: exceptions, and what its policy kept it from. */
  readonly errors: string[] = [];

  constructor() {
    // A container has no user namespaces, and runs as root: the page is our own.
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    const quiet = ['--disable-background-networking', '--no-first-run', '--disable-dev-shm-usage'];
    this.process = spawn(
      'chromium',
      [...flags, ...quiet, `--user-data-dir=${this.folder}`, 'about:blank'],
      // A process group of its own: its processes are ended together.
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
    );
    let rest = '';
    (this.process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop()!;
      for (const one of messages) this.heard(JSON.parse(one));
    });
  }

  /** Opens a page of this size. */
  async open(url: string, { width = 1600, height = 1000, dark = false } = {}): Promise<void> {
    if (this.session === undefined) {
      const { targetId } = await this.call<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
      });
      const attach = { targetId, flatten: true };
      const { sessionId } = await this.call<{ sessionId: string }>('Target.attachToTarget', attach);
      this.session = sessionId;
      for (const domain of ['Page', 'Network', 'Runtime', 'Log', 'Accessibility']) {
        await this.call(`${domain}.enable`);
      }
    }
    const value = dark ? 'dark' : 'light';
    await this.call('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value }],
    });
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.call('Emulation.setDeviceMetricsOverride', metrics);
    await this.call('Page.navigate', { url });
  }

  /** Value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call<{
      result: { value: T };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (!exceptionDetails) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  /** Waits until an expression is true; the error says what the page shows instead. */
  async until(expression: string, ms = 120_000): Promise<void> {
    const end = Date.now() + ms;
    while (!(await this.value<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > end) {
        const text = await this.value<string>('document.body.innerText');
        throw new Error(`never ${expression}\n${this.errors.join('\n')}\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Presses a key as a keyboard does. */
  async press(key: string, text?: string): Promise<void> {
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, text });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key });
  }

  async type(text: string): Promise<void> {
    await this.call('Input.insertText', { text });
  }

  /** A picture of what is seen, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.call<{ data: string }>('Page.captureScreenshot');
    return Buffer.from(data, 'base64');
  }

  async call<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.last;
    const pipe = this.process.stdio[3] as Writable;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result as T),
      );
      pipe.write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    });
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    process.kill(-this.process.pid!, 'SIGKILL');
    await gone;
    // What has just been killed may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
  }

  private heard({ id, method, params, ...message }: Message): void {
    if (id !== undefined) {
      this.waiting.get(id)?.(message);
      this.waiting.delete(id);
    }
    if (method === 'Network.requestWillBeSent') {
      this.requests.push((params as { request: { url: string } }).request.url);
    }
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.errors.push(JSON.stringify(params));
    }
  }
}
