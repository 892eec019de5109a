// Base capacity of a Redshift Serverless workgroup: more for a while, never less than it was.

import {
  GetWorkgroupCommand,
  type RedshiftServerlessClient,
  UpdateWorkgroupCommand,
} from '@aws-sdk/client-redshift-serverless';
import { QuiesceError } from '../errors';
import type { QuiescedKind, Seen, Thing } from './thing';

/** The workgroup is being changed; the next round asks again. */
const BUSY = 'ConflictException';

/** A state is a number of RPUs. */
export class CapacityKind implements QuiescedKind<number> {
  constructor(
    private readonly client: (region: string) => Pick<RedshiftServerlessClient, 'send'>,
  ) {}

  async read({ name, region }: Thing): Promise<Seen<number> | undefined> {
    try {
      const { workgroup } = await this.client(region).send(
        new GetWorkgroupCommand({ workgroupName: name }),
      );
      const { baseCapacity, status } = workgroup ?? {};
      if (status === undefined || status === 'DELETING') return undefined;
      if (baseCapacity === undefined) {
        throw new QuiesceError(
          `workgroup ${name} in ${region} has no base capacity, its price-performance target sets it: start again without a capacity`,
        );
      }
      return { state: baseCapacity, busy: status !== 'AVAILABLE' };
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  during(before: number, to: unknown): number {
    return Math.max(before, Number(to));
  }

  is(now: number, wanted: number): boolean {
    return now === wanted;
  }

  async set({ name, region }: Thing, wanted: number): Promise<void> {
    try {
      await this.client(region).send(
        new UpdateWorkgroupCommand({ workgroupName: name, baseCapacity: wanted }),
      );
    } catch (error) {
      if ((error as Error).name !== BUSY) throw error;
    }
  }
}
