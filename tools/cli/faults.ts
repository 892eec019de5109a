// Faults of the command line.

import { type FaultSpec, faultOf } from '../rehearsal/faults/faults';
import { UsageError } from './errors';

/** Faults as `--fault` has them, before anything is built for one that is none. @throws UsageError */
export function faultsOf(texts: readonly string[]): FaultSpec[] {
  try {
    return texts.map(faultOf);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
