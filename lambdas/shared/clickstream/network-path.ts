// Why an address cannot be reached, in the words of whoever has to repair it.

import { NetworkPathError } from '../errors';

const WITHOUT_VPC =
  'if the console has private addresses only, name VPC, subnets and security groups in console.vpc of the configuration and deploy again';
const WITH_VPC =
  'look at console.vpc of the configuration: the subnets need a route to the console, its security group must let the security groups ' +
  'of the task in, and theirs must let it out';

/** What is missing; undefined when the error says nothing about the path. */
export function pathProblemOf(error: unknown, inVpc: boolean): string | undefined {
  const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const code = cause?.code ?? '';
  const advice = inVpc ? WITH_VPC : WITHOUT_VPC;
  if (name === 'TimeoutError' || /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) {
    return `nothing answers within 3 s; ${advice}. Then redrive`;
  }
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return `its name has no address here (${code}); ${inVpc ? 'the VPC needs a hosted zone or resolver that knows it, ' : ''}${advice}. Then redrive`;
  }
  if (/^(EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return `there is no route to it (${code}); ${advice}. Then redrive`;
  }
  if (code === 'ECONNREFUSED') {
    return `its address takes no connection (${code}): is the load balancer there, and does a listener answer on this port? Then redrive`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return `its certificate is not accepted (${code} ${cause?.message ?? ''}): give it one of a public authority. Then redrive`;
  }
  return undefined;
}

/**
 * First contact with a service from a VPC: without a way out the connection would hang until the end of
 * the invocation.
 *
 * @throws NetworkPathError after 3 s
 */
export async function inTime<T>(inVpc: boolean, service: string, call: Promise<T>): Promise<T> {
  if (!inVpc) return call;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new NetworkPathError(
            `${service} does not answer within 3 s from the subnets of console.vpc: they need a NAT gateway, or an interface or ` +
              `gateway endpoint for ${service} that lets the security groups of the task in. Then redrive`,
          ),
        ),
      3_000,
    );
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
