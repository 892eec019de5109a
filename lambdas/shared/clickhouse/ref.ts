// Where ClickHouse is, as payloads name it. Pure types: constructs import them.

import type { Caller } from '../run';

/** A ClickHouse server over HTTP, and which of its databases Aspects uses. */
export interface ClickHouseRef {
  /** `https://host:8443`, or `http://host:8123` inside of a VPC; no path, no credentials. */
  readonly url: string;
  /** Secret with `username` and `password`; a `url` in it is believed instead of the one above. */
  readonly secretArn: string;
  /** Secret with the authority of the server's certificate in PEM. @default - the public ones */
  readonly caSecretArn?: string | null;
  readonly databases: AspectsDatabases;
  /** Name of the cluster in `CLICKHOUSE_CLUSTER_NAME`; null: one server. */
  readonly cluster: string | null;
}

/** Names of the databases; each of them is a setting of the plugin. */
export interface AspectsDatabases {
  readonly xapi: string;
  readonly eventSink: string;
  readonly reporting: string;
  /** Where Vector writes. */
  readonly openedx: string;
}

/** What every task for Aspects' database gets. */
export interface ClickHouseCaller extends Caller {
  readonly clickhouse: ClickHouseRef;
}
