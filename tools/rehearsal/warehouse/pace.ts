// Real work in the rehearsal's time: while SQL executes, a virtual clock moves as fast as the
// computer's, neither standing still (an endless statement would stop the rehearsal) nor jumping.

import type { Clock } from '../types';

const SLICE_MS = 500;

/** Holds the clock but for one slice of time every slice; returns the function that ends it. */
export function pace(clock: Clock): () => void {
  let release: (() => void) | undefined = clock.hold();
  let cancel = () => {};
  const timer = setInterval(() => {
    if (!release) return;
    cancel = clock.at(clock.now() + SLICE_MS, () => {
      release = clock.hold();
    });
    const letGo = release;
    release = undefined;
    letGo();
  }, SLICE_MS);
  return () => {
    clearInterval(timer);
    cancel();
    release?.();
    release = undefined;
  };
}
