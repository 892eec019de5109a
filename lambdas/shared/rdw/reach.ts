// First contact with a service from the subnets of the configuration: without a way out a connection
// hangs until the end of the invocation.

import { NetworkPathError } from '../errors';

const LONGEST_MS = 3_000;

/** @throws NetworkPathError after 3 s */
export async function reach<T>(service: string, call: Promise<T>, ms = LONGEST_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message =
      `${service} does not answer within ${ms / 1000} s from the subnets of vpc in the configuration: they need a route to a NAT gateway, or an ` +
      `interface or gateway endpoint for ${service} whose security group lets the security groups of the task in (rule for port 443). Then redrive`;
    timer = setTimeout(() => reject(new NetworkPathError(message)), ms);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Works through a list, a few at a time. */
export async function inGroups<T>(
  list: readonly T[],
  size: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = [...list];
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: size }, worker));
}
