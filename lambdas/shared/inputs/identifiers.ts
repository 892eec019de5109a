// What the ids that people type may look like. They become ledger keys, identifiers in SQL and parts
// of ARNs, so each has one pattern and no other character passes.

/** An application of Clickstream Analytics: its id is a schema name, reserved words included. */
export const APP_ID = /^[a-zA-Z][a-zA-Z0-9_]{0,126}$/;

/** A run's id as {@link runIdOf} in the task `open-run` makes it. */
export const RUN_ID = /^run-\d{8}-[0-9a-f]{10}$/;

/** A gate's name, with the item's key behind a dot inside a ForEach step. */
export const GATE = /^[A-Za-z0-9_.-]{1,200}$/;
