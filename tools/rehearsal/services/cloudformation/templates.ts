// Templates by address, and the values their parameters take.

import { ServiceError, type ServiceRequest } from '../../types';
import type { CloudFormationData, TemplateData } from './data';
import type { Stack } from './stack';

export type Input = Readonly<Record<string, string | undefined>>;

export const refuse = (message: string, code = 'ValidationError') =>
  new ServiceError(code, message);

/** The templates of the world. */
export class Templates {
  constructor(
    private readonly partition: string,
    private readonly templates: NonNullable<CloudFormationData['templates']>,
  ) {}

  at(url: string): TemplateData {
    const template = this.templates[url];
    if (!template) throw refuse('S3 error: Access Denied');
    return template;
  }

  /** Template of an address that is given in a call: S3 is asked with the caller's rights. */
  read(url: string, request: ServiceRequest): TemplateData {
    const [, bucket, key] = /^https:\/\/(.+?)\.s3[^/]*\/(.+)$/.exec(url) ?? [];
    try {
      if (bucket) request.authorize('s3:GetObject', `arn:${this.partition}:s3:::${bucket}/${key}`);
    } catch {
      throw refuse('S3 error: Access Denied');
    }
    return this.at(url);
  }

  /** Answer of GetTemplateSummary. */
  summary(url: string, request: ServiceRequest) {
    const { description, capabilities, parameters } = this.read(url, request);
    return {
      Description: description,
      Capabilities: capabilities ?? [],
      Parameters: Object.entries(parameters ?? {}).map(([key, parameter]) => ({
        ParameterKey: key,
        DefaultValue: parameter.default,
        ParameterType: parameter.type ?? 'String',
        ParameterConstraints: { AllowedValues: parameter.allowedValues },
      })),
    };
  }
}

/** A parameter that is left out takes the template's default, not the stack's value. */
export function valuesOf(
  stack: Stack,
  { parameters = {} }: TemplateData,
  given: readonly Input[],
): Record<string, string> {
  const unknown = given.find(({ ParameterKey = '' }) => !Object.hasOwn(parameters, ParameterKey));
  if (unknown) throw refuse(`Parameters: [${unknown.ParameterKey}] do not exist in the template`);
  const values = Object.entries(parameters).map(([key, { default: fallback }]) => {
    const parameter = given.find(({ ParameterKey }) => ParameterKey === key);
    const kept =
      parameter?.UsePreviousValue === 'true' ? stack.values[key] : parameter?.ParameterValue;
    const value = parameter ? kept : fallback;
    if (value === undefined) throw refuse(`Parameters: [${key}] must have values`);
    return [key, value] as const;
  });
  return Object.fromEntries(values);
}
