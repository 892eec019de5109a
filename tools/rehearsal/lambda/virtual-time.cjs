// Loaded in a worker before any other code when the clock is virtual. Time comes from memory shared
// with the host; timers are kept here and fire when the host says that their instant has come.
// Plain JavaScript: no TypeScript loader reaches a worker thread.

const { subscribe } = require('node:diagnostics_channel');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const { TLSSocket } = require('node:tls');
const timers = require('node:timers');
const timersPromises = require('node:timers/promises');

/** Handles that are open without anything going on; everything else means that something computes. */
const PASSIVE = new Set(
  'TCPSocketWrap TCPServerWrap PipeWrap TTYWrap MessagePort Timeout'.split(' '),
);

/** How often to look, about a millisecond each, at somebody who waits for nothing we know. */
const HOPELESS_LOOKS = 3000;

/** @param {BigInt64Array} cell epoch milliseconds, written by the host */
module.exports = function installVirtualTime(cell) {
  const real = { setTimeout, clearTimeout };
  const now = () => Number(Atomics.load(cell, 0));
  const start = now();
  const pending = new Map();
  let made = 0;
  let changes = 0;
  let outstanding = 0;

  class VirtualTimeout {
    constructor(callback, ms, args, repeat) {
      Object.assign(this, { id: ++made, callback, args, repeat });
      this.ms = ms >= 1 && ms < 2 ** 31 ? Math.ceil(ms) : 1;
      this.refresh();
    }
    refresh() {
      this.instant = now() + this.ms;
      pending.set(this.id, this);
      changes++;
      return this;
    }
    close() {
      if (pending.delete(this.id)) changes++;
      return this;
    }
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
    [Symbol.toPrimitive]() {
      return this.id;
    }
    [Symbol.dispose ?? Symbol.for('dispose')]() {
      this.close();
    }
  }

  // A delay of nothing is a way to let others go first, not a wait. A part of a millisecond is a whole
  // one, as in Node: whoever waits for the rest of it in a loop would wait for ever.
  const setVirtualTimeout = (callback, ms, ...args) =>
    ms > 0 ? new VirtualTimeout(callback, ms, args) : setImmediate(callback, ...args);
  const clear = (timer) => {
    if (timer instanceof VirtualTimeout) timer.close();
    else if (pending.has(Number(timer))) pending.get(Number(timer)).close();
    else if (timer?.constructor.name === 'Immediate') clearImmediate(timer);
    else real.clearTimeout(timer);
  };
  const patch = {
    setTimeout: setVirtualTimeout,
    setInterval: (callback, ms, ...args) => new VirtualTimeout(callback, ms, args, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
  const waitFor = (ms, value, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal;
      if (signal?.aborted) return reject(signal.reason);
      const timer = setVirtualTimeout(resolve, ms, value);
      signal?.addEventListener('abort', () => {
        clear(timer);
        reject(signal.reason);
      });
    });
  Object.assign(globalThis, patch);
  Object.assign(timers, patch);
  timersPromises.setTimeout = waitFor;
  timersPromises.scheduler.wait = (ms, options) => waitFor(ms, undefined, options);
  Object.defineProperty(setVirtualTimeout, require('node:util').promisify.custom, {
    value: waitFor,
  });
  syncBuiltinESMExports();

  const RealDate = Date;
  RealDate.now = now;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, self) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, self),
    apply: (target) => new target(now()).toString(),
  });
  performance.now = () => now() - start;
  process.hrtime.bigint = () => BigInt(now() - start) * 1_000_000n;

  // Requests on their way. The host knows which of them the server has and lets wait.
  const count = (by) => {
    outstanding += by;
    changes++;
  };
  subscribe('http.client.request.start', ({ request }) => {
    count(1);
    request.once('close', () => count(-1));
  });
  subscribe('undici:request:create', () => count(1));
  subscribe('undici:request:trailers', () => count(-1));
  subscribe('undici:request:error', () => count(-1));

  // Other connections (a database's): who wrote last is waiting for an answer. The host knows which of
  // them a stand-in has and lets wait; elsewhere it is really computed.
  const sockets = new Map();
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const push = this.push;
    this.push = function (...chunk) {
      sockets.set(this, this.bytesWritten);
      return push.apply(this, chunk);
    };
    sockets.set(this, -1);
    this.once('close', () => sockets.delete(this));
    return connect.apply(this, args);
  };
  // What comes through TLS is read from the socket below it without its knowing.
  const { push: pushed } = TLSSocket.prototype;
  TLSSocket.prototype.push = function (...chunk) {
    if (sockets.has(this._parent)) sockets.set(this._parent, this._parent.bytesWritten);
    return pushed.apply(this, chunk);
  };
  // Requests of fetch are counted above.
  const fetching = new WeakSet();
  subscribe('undici:client:connected', ({ socket }) => fetching.add(socket));
  const awaitsAnswer = ([socket, writtenAtLastRead]) =>
    !('_httpMessage' in socket) &&
    !socket.parser &&
    !fetching.has(socket) &&
    socket.bytesWritten > writtenAtLastRead;

  return {
    now,
    /** Answers when nothing computes here: how many requests are out, and the next timer. */
    whenAtRest(handling, answer) {
      let seen = -1;
      let looks = 0;
      const look = () => {
        // With no request out and no timer set a handler is computing in a way we cannot see (loading a
        // module), or waits for nothing: then its timeout must come some time.
        const asked = outstanding + [...sockets].filter(awaitsAnswer).length;
        const waits = asked > 0 || pending.size > 0 || !handling() || looks > HOPELESS_LOOKS;
        const quiet =
          waits &&
          seen === changes &&
          process.getActiveResourcesInfo().every((name) => PASSIVE.has(name));
        if (quiet) {
          const instants = [...pending.values()].map(({ instant }) => instant);
          return answer({ outstanding: asked, next: Math.min(...instants) });
        }
        seen = changes;
        if (looks++ < 20) setImmediate(look);
        else real.setTimeout(look, 1);
      };
      setImmediate(look);
    },
    /** Fires what is due, in order. */
    fireDue() {
      const due = [...pending.values()].filter(({ instant }) => instant <= now());
      for (const timer of due.sort((a, b) => a.instant - b.instant || a.id - b.id)) {
        if (!pending.delete(timer.id)) continue;
        changes++;
        if (timer.repeat) timer.refresh();
        timer.callback(...timer.args);
      }
    },
  };
};
