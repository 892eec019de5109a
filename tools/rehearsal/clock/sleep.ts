import { setMaxListeners } from 'node:events';
import type { Clock } from '../types';

/** The same sleep for both clocks: a timer that a signal may take back. */
export function sleepOn(clock: Pick<Clock, 'now' | 'at'>, ms: number, signal?: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const wakeUp = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.at(clock.now() + ms, () => {
      signal?.removeEventListener('abort', wakeUp);
      resolve();
    });
    signal?.addEventListener('abort', wakeUp, { once: true });
  });
}

/** For a signal that any number of sleepers hear at a time: Node takes more than ten for a leak. */
export function heardByMany(controller: AbortController): AbortController {
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal);
  return controller;
}
