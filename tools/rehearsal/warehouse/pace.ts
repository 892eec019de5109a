// Real work in the rehearsal's time: while SQL executes, a virtual clock moves as fast as the
// computer's, neither standing still (an endless statement would stop the rehearsal) nor jumping.

import type { Clock } from '../types';

const SLICE_MS = 500;

/** Time that passes with a piece of work. */
export interface Pace {
  /** The work only waits for something else, however long: until the returned function is called. */
  rest(): () => void;
  stop(): void;
}

/** Holds the clock but for one slice of time every slice. */
export function pace(clock: Clock): Pace {
  let release: (() => void) | undefined = clock.hold();
  let cancel = () => {};
  let idle = false;
  let stopped = false;
  const hold = () => {
    if (!idle && !stopped) release ??= clock.hold();
  };
  const letGo = () => {
    release?.();
    release = undefined;
  };
  const timer = setInterval(() => {
    if (!release) return;
    cancel = clock.at(clock.now() + SLICE_MS, hold);
    letGo();
  }, SLICE_MS);
  return {
    rest: () => {
      idle = true;
      letGo();
      return () => {
        idle = false;
        hold();
      };
    },
    stop: () => {
      clearInterval(timer);
      cancel();
      stopped = true;
      letGo();
    },
  };
}
