// What a scenario says about CloudFormation: the stacks of the account and the templates of the world.

/** Something that goes wrong so often. */
export interface Mishap {
  readonly reason: string;
  readonly times: number;
}

/** A template of the scenario. */
export interface TemplateData {
  readonly description: string;
  readonly parameters?: Readonly<
    Record<string, { default?: string; type?: string; allowedValues?: readonly string[] }>
  >;
  readonly capabilities?: readonly string[];
  /** `ResourceChange`s of an update to this template. */
  readonly changes?: readonly Readonly<Record<string, unknown>>[];
  /** Change sets with this template fail. */
  readonly changeSetFails?: Mishap;
  /** Updates to this template roll back because of a resource. */
  readonly rollsBack?: Mishap & FailedResource;
}

/** A resource that fails. */
export interface FailedResource {
  readonly resource: string;
  readonly type: string;
}

/** What is in a stack, or in a stack nested in it. */
export interface StackContents {
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Nested stacks have those of their parents. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly resources?: readonly ResourceData[];
}

/** A resource; one of type `AWS::CloudFormation::Stack` is a nested stack, and has contents. */
export interface ResourceData extends Omit<StackContents, 'tags'> {
  readonly logicalId: string;
  readonly type: string;
  /** @default - generated as CloudFormation does it: stack, logical id, random letters */
  readonly physicalId?: string;
  /** @default - of a resource that was made or updated well */
  readonly status?: string;
}

/** A stack of the account. */
export interface StackData extends StackContents {
  readonly name: string;
  /** @default - the account's */
  readonly region?: string;
  readonly roleArn?: string;
  /** @default 'CREATE_COMPLETE' */
  readonly status?: string;
}

/** Key `cloudformation` of `cloud.json`. */
export interface CloudFormationData {
  readonly stacks: readonly StackData[];
  /** By address. */
  readonly templates?: Readonly<Record<string, TemplateData>>;
  /** How long things take. */
  readonly seconds?: { changeSet?: number; update?: number; cleanup?: number };
}

/** What somebody makes of a stack beside change sets, e.g. the solution of a pipeline. */
export interface StackWork extends StackContents {
  /** How long it takes until it is complete, or until it is rolled back. */
  readonly seconds?: number;
  /** A resource fails, and everything is rolled back, or cannot be. */
  readonly fails?: Partial<FailedResource> & {
    readonly reason: string;
    readonly rollbackFails?: boolean;
  };
}
