import { EnvironmentError } from './errors';

/** Reads the named environment variables; reports every missing name in one error. */
export function readEnv<Name extends string>(...names: Name[]): Record<Name, string> {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new EnvironmentError(`environment variables are missing: ${missing.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
}
