// An API's model as AWS ships it with its command line, and what an answer lacks of it: members the
// model does not know, required ones that are missing, values of another type or beyond constraints.

import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

interface Model {
  readonly operations: Readonly<
    Record<
      string,
      { readonly output?: { readonly shape: string }; readonly errors?: { shape: string }[] }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** The model of one service. */
export class ServiceModel {
  /** Reads the newest model beside an `aws` in a virtual environment. */
  static of(service: string, awsCli: string): ServiceModel {
    const lib = path.resolve(path.dirname(awsCli), '../lib');
    const python = readdirSync(lib).find((name) => name.startsWith('python')) ?? 'python3';
    const folder = path.join(lib, python, 'site-packages/awscli/botocore/data', service);
    const newest = readdirSync(folder).sort().at(-1)!;
    const file = path.join(folder, newest, 'service-2.json');
    return new ServiceModel(JSON.parse(readFileSync(file, 'utf8')));
  }

  private constructor(private readonly model: Model) {}

  /** Names of the errors an operation may answer with; AWS's common ones are not among them. */
  errorsOf(operation: string): string[] {
    return (this.model.operations[operation]!.errors ?? []).map(({ shape }) => shape);
  }

  /** What is wrong with an answer as it is on the wire. */
  problems(operation: string, answer: unknown): string[] {
    const { output } = this.model.operations[operation]!;
    return output ? this.wrong(output.shape, answer, operation) : [];
  }

  private wrong(name: string, value: unknown, at: string): string[] {
    const shape = this.model.shapes[name]!;
    switch (shape.type) {
      case 'structure':
        return this.wrongMembers(shape, value, at);
      case 'list':
        if (!Array.isArray(value)) return [`${at} is no list`];
        return value.flatMap((one, i) => this.wrong(shape.member!.shape, one, `${at}[${i}]`));
      case 'string':
        return wrongText(shape, value, at);
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
      case 'timestamp':
        return wrongTime(value, at);
      case 'integer':
      case 'long':
        return Number.isInteger(value) ? [] : [`${at} is no integer: ${value}`];
      default:
        return typeof value === 'number' ? [] : [`${at} is no number`];
    }
  }

  private wrongMembers({ members = {}, required = [] }: Shape, value: unknown, at: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [`${at} is no structure`];
    }
    const missing = required.filter((member) => !(member in value));
    const given = Object.entries(value).flatMap(([member, of]) =>
      members[member]
        ? this.wrong(members[member].shape, of, `${at}.${member}`)
        : [`${at}.${member} is not in the model`],
    );
    return [...missing.map((member) => `${at}.${member} is missing`), ...given];
  }
}

function wrongText({ enum: names, min = 0, max }: Shape, value: unknown, at: string): string[] {
  if (typeof value !== 'string') return [`${at} is no string`];
  if (names && !names.includes(value)) return [`${at} is none of the enum: ${value}`];
  const fits = value.length >= min && value.length <= (max ?? Number.POSITIVE_INFINITY);
  return fits ? [] : [`${at} has ${value.length} characters`];
}

/** Seconds: what is in milliseconds would be in the year 50,000. */
function wrongTime(value: unknown, at: string): string[] {
  const plausible = typeof value === 'number' && value > 1.5e9 && value < 4e9;
  return plausible ? [] : [`${at} is no time in seconds: ${value}`];
}
