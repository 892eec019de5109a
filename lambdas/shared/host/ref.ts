// A host that Run Command reaches, as payloads name it. Pure types: constructs import them.

/** One instance with a Tutor installation. */
export interface HostRef {
  /** Instance id, `i-…`, or that of a hybrid activation, `mi-…`. */
  readonly instanceId: string;
  readonly region: string;
  /** Linux user who owns the installation; the agent itself is root. */
  readonly user: string;
  /** What `tutor config printroot` prints for that user. */
  readonly tutorRoot: string;
  /** Folder with the programs `tutor`, `pip` and `python` of Tutor's virtual environment. */
  readonly path: string;
  /** Folder for logs and marks of our commands; it is made when it is missing. */
  readonly stateDirectory: string;
  /** Folder of plugins that are no packages; null: Tutor's own. */
  readonly pluginsRoot?: string | null;
}
