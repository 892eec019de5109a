// A MySQL server as several runbooks name it: its host, and who logs in there.

import * as z from 'zod';
import { name, region, secretArn } from './forms';

const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/, 'must be the name of a host');

/** One server: behind the endpoint of all readers of Aurora two connections meet two servers. */
export const oneHost = host.refine(
  (text) => !text.includes('.cluster-ro-'),
  'must be the writer or one instance: behind the endpoint of all readers two connections meet two servers',
);

export const port = z.int().min(1).max(65_535).default(3306);

/** Members of a server that tasks log in to. */
export const mysqlServer = {
  host: oneHost,
  port,
  /** Secret with `username` and `password`; without it an IAM token is used for `user`. */
  secretArn: secretArn.optional(),
  user: name.optional(),
  /** Region of the server, when it is not the stack's. */
  region: region.optional(),
};

/** Refuses a server without a login, or with two. */
export const oneLogin = {
  check: (server: { secretArn?: string; user?: string }) =>
    (server.secretArn === undefined) !== (server.user === undefined),
  message: 'must have either secretArn or user (for an IAM token)',
};
