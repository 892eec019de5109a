// Pure: constructs and the types of the published package read it, which bring no SDK along.

/** Where statements run and as whom. */
export interface WarehouseTarget {
  /** Serverless workgroup; exactly one of this and `cluster`. */
  readonly workgroup?: string;
  /** Provisioned cluster identifier. */
  readonly cluster?: string;
  /** Name of the database. */
  readonly database: string;
  /** Database user of a provisioned cluster. */
  readonly dbUser?: string;
  /** Secret with user and password, instead of IAM. */
  readonly secretArn?: string;
  /** Role to assume for every call, so that statements belong to it. */
  readonly roleArn?: string;
  /** Region of the warehouse, when it is not the stack's. */
  readonly region?: string;
}
