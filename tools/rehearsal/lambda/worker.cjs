// The Lambda runtime in a worker thread: loads one bundle, handles one event at a time.

const { subscribe } = require('node:diagnostics_channel');
const { Socket } = require('node:net');
const { pathToFileURL } = require('node:url');
const { getHeapStatistics } = require('node:v8');
const { parentPort, workerData } = require('node:worker_threads');

const { bundle, exportName, cell } = workerData;
const time = cell && require('./virtual-time.cjs')(cell);
const now = time ? time.now : Date.now;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way. */
const LARGEST_ANSWER = 6 * 1024 * 1024 + 100;

// Says whose request it is where no signature does: at web addresses that are no AWS API.
subscribe('undici:request:create', ({ request }) => {
  request.addHeader('x-rehearsal-key', process.env.AWS_ACCESS_KEY_ID);
});

// Connections to databases say nothing of whose they are; requests to AWS are signed.
const signed = process.env.AWS_ENDPOINT_URL && new URL(process.env.AWS_ENDPOINT_URL).port;
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  this.once('connect', () => {
    const isSigned = this.parser && String(this.remotePort) === signed;
    if (!isSigned) parentPort.postMessage({ kind: 'connected', port: this.localPort });
  });
  return connect.apply(this, args);
};

const failure = (error) => ({
  errorType: String(error?.name ?? 'Error'),
  errorMessage: String(error?.message ?? error),
  trace: String(error?.stack ?? '').split('\n'),
});

const loaded = import(pathToFileURL(bundle).href).then((module) => {
  if (typeof module[exportName] === 'function') return module[exportName];
  const error = new Error(`${exportName} is undefined or not exported`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
});
loaded.catch(() => {});

async function invoke({ event, context, deadline }) {
  try {
    const handler = await loaded;
    const answer = await handler(event, {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - now(),
    });
    const payload = JSON.stringify(answer ?? null);
    if (Buffer.byteLength(payload) <= LARGEST_ANSWER) return { payload };
    const error = new Error(`Response payload size exceeded maximum allowed payload size.`);
    error.name = 'Function.ResponseSizeTooLarge';
    throw error;
  } catch (error) {
    return { error: failure(error) };
  }
}

let handling = false;
parentPort.on('message', (message) => {
  if (message.kind === 'invoke') {
    handling = true;
    void invoke(message).then((result) => {
      handling = false;
      const { total_heap_size: heap, external_memory: beside } = getHeapStatistics();
      parentPort.postMessage({ kind: 'result', ...result, memory: heap + beside });
    });
  } else if (message.kind === 'advanced') {
    time.fireDue();
  } else {
    time.whenAtRest(
      () => handling,
      (rest) => parentPort.postMessage({ kind: 'rest', ...rest }),
    );
  }
});
