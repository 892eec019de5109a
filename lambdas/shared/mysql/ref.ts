// Pure: constructs and the types of the published package read it, which bring no SDK along.

/** Where the cluster is, and who asks. */
export interface MySqlRef {
  readonly host: string;
  readonly port: number;
  /** Secret with `username` and `password`; null: a token of IAM for `user`. */
  readonly secretArn: string | null;
  readonly user: string | null;
  /** Region of the cluster. */
  readonly region: string;
}
