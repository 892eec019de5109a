// Parameters of an update: what is kept, what falls away, what is new. A parameter that is left out
// takes the template's default and not the stack's value, so every one to keep is named.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html

import type { PlannedParameter } from './plan';

/** A parameter as the new template declares it. */
export interface DeclaredParameter {
  readonly key: string;
  readonly defaultValue?: string;
  readonly allowedValues?: readonly string[];
}

/** What happens to the parameters, and what keeps the update from being made. */
export interface ParameterPlan {
  readonly parameters: readonly PlannedParameter[];
  /** Keys of the stack that the new template no longer has. */
  readonly dropped: readonly string[];
  /** Keys that are new and take their default. */
  readonly defaulted: readonly string[];
  /** Keys whose value the configuration changes or sets. */
  readonly set: readonly string[];
  readonly findings: readonly string[];
}

/**
 * Compares the stack with the new template.
 *
 * @param deployed values of the stack; hidden ones come as `****` and are only kept, never compared
 * @param configured values from the configuration, by key
 */
export function planParameters(
  deployed: Readonly<Record<string, string>>,
  declared: readonly DeclaredParameter[],
  configured: Readonly<Record<string, string>>,
): ParameterPlan {
  const parameters: PlannedParameter[] = [];
  const defaulted: string[] = [];
  const set: string[] = [];
  const findings: string[] = [];
  for (const { key, defaultValue, allowedValues } of declared) {
    const wanted = Object.hasOwn(configured, key) ? configured[key] : undefined;
    const known = Object.hasOwn(deployed, key);
    if (wanted !== undefined && allowedValues?.length && !allowedValues.includes(wanted)) {
      findings.push(
        `parameter ${key} allows ${allowedValues.join(', ')}, configured is ${JSON.stringify(wanted)}`,
      );
    } else if (wanted !== undefined && !(known && deployed[key] === wanted)) {
      parameters.push({ key, value: wanted });
      set.push(key);
    } else if (known) {
      parameters.push({ key });
    } else if (defaultValue !== undefined) {
      defaulted.push(key);
    } else {
      findings.push(
        `the new template asks for parameter ${key}, which has no default: set console.parameters.${key}`,
      );
    }
  }
  const keys = new Set(declared.map(({ key }) => key));
  for (const key of Object.keys(configured).filter((name) => !keys.has(name))) {
    findings.push(
      `the new template has no parameter ${key}, which is configured: remove console.parameters.${key}`,
    );
  }
  const dropped = Object.keys(deployed).filter((key) => !keys.has(key));
  return { parameters, dropped, defaulted, set, findings };
}
