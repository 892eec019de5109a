// The members of Kubernetes' objects that are read here.

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export interface Meta {
  readonly name: string;
  readonly resourceVersion: string;
  /** Counts the changes of the spec. */
  readonly generation?: number;
  /** When what is being deleted ends at the latest. */
  readonly deletionTimestamp?: string;
  /** Who has set which field last. */
  readonly managedFields?: readonly ManagedFields[];
}

export interface ManagedFields {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

export interface Deployment {
  readonly metadata: Meta;
  readonly spec: {
    /** @default 1 */
    readonly replicas?: number;
    readonly selector: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        readonly values?: readonly string[];
      }[];
    };
  };
  readonly status?: {
    /** Up to which change the controller has come. */
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
  };
}

export interface Scale {
  readonly metadata: Meta;
  readonly spec: { readonly replicas?: number };
}

export interface Pod {
  readonly metadata: Meta;
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown' };
}
