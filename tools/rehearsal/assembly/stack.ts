// A stack with its intrinsic functions resolved; a function we do not know is refused by name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

import type { AssemblyStack, TemplateResource } from './assembly';
import { generatedName, type Identity, identify, nameProperty, type Place } from './identities';

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Stands for AWS::NoValue: whatever it is the value of is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** A resource that exists, with properties resolved on demand. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly identity: Identity;
  readonly properties: Members;
  /** Construct id of the author, where the assembly tells; else the logical id. */
  readonly constructId: string;
}

/** A stack somewhere. */
export class Stack {
  private readonly identities = new Map<string, Identity>();

  constructor(
    readonly source: AssemblyStack,
    readonly place: Place,
    /** Finds an export of the other stacks. */
    private readonly importValue: (name: string) => unknown,
  ) {}

  /** All resources whose condition holds. */
  get resources(): Resource[] {
    const all = Object.entries(this.source.template.Resources ?? {});
    return all
      .filter(([, { Condition }]) => Condition === undefined || this.condition(Condition))
      .map(([logicalId, resource]) => {
        const stack = this;
        return {
          logicalId,
          type: resource.Type,
          identity: this.identityOf(logicalId, resource),
          constructId: this.source.paths.get(logicalId)?.split('/').at(-2) || logicalId,
          get properties() {
            return stack.resolve(resource.Properties ?? {}, logicalId) as Members;
          },
        };
      });
  }

  /** Outputs by key. */
  get outputs(): Record<string, string> {
    const all = Object.entries(this.source.template.Outputs ?? {});
    return Object.fromEntries(
      all
        .filter(([, { Condition }]) => Condition === undefined || this.condition(Condition))
        .map(([key, { Value }]) => [key, String(this.resolve(Value, key))]),
    );
  }

  /** The value this stack exports under a name, if it does. */
  exported(name: string): unknown {
    const found = Object.entries(this.source.template.Outputs ?? {}).find(
      ([key, { Export }]) => Export !== undefined && this.resolve(Export.Name, key) === name,
    );
    return found && this.resolve(found[1].Value, found[0]);
  }

  /** A value without intrinsic functions. */
  resolve(value: unknown, where: string): unknown {
    const resolved = this.value(value, where);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  private value(value: unknown, where: string): unknown {
    if (Array.isArray(value)) {
      return value.map((one) => this.value(one, where)).filter((one) => one !== NO_VALUE);
    }
    if (!isMembers(value)) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || /^Fn::/.test(only[0]))) {
      return this.intrinsic(only[0], only[1], where);
    }
    return Object.fromEntries(
      entries
        .map(([key, member]) => [key, this.value(member, where)] as const)
        .filter(([, member]) => member !== NO_VALUE),
    );
  }

  private intrinsic(name: string, argument: unknown, where: string): unknown {
    const list = () => this.value(argument, where) as unknown[];
    switch (name) {
      case 'Ref':
        return this.reference(String(argument), where);
      case 'Fn::GetAtt': {
        const [id, ...path] = Array.isArray(argument) ? argument : String(argument).split('.');
        return this.attribute(String(id), path.join('.'), where);
      }
      case 'Fn::Join': {
        const [separator, parts] = list() as [string, unknown[]];
        return parts.join(separator);
      }
      case 'Fn::Select': {
        const [index, values] = list() as [number, unknown[]];
        return values[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = list() as [string, string];
        return text.split(separator);
      }
      case 'Fn::Sub':
        return this.substitute(argument, where);
      case 'Fn::If': {
        const [condition, then, otherwise] = argument as [string, unknown, unknown];
        return this.value(this.condition(condition) ? then : otherwise, where);
      }
      case 'Fn::FindInMap': {
        const [map, first, second] = list() as [string, string, string];
        return this.source.template.Mappings?.[map]?.[first]?.[second];
      }
      case 'Fn::ImportValue':
        return this.importValue(String(this.value(argument, where)));
      default:
        throw new Error(`${this.place.stackName} ${where}: ${name} is not known to the rehearsal`);
    }
  }

  private substitute(argument: unknown, where: string): string {
    const [text, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Members];
    return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in own) return String(this.value(own[name], where));
      const [id, ...path] = name.split('.');
      if (path.length > 0 && !name.startsWith('AWS::')) {
        return String(this.attribute(id!, path.join('.'), where));
      }
      return String(this.reference(name, where) ?? whole);
    });
  }

  private reference(name: string, where: string): unknown {
    const { partition, region, account, stackName } = this.place;
    const pseudo: Members = {
      'AWS::AccountId': account,
      'AWS::NoValue': NO_VALUE,
      'AWS::NotificationARNs': [],
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::StackId': `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/rehearsal`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    };
    if (name in pseudo) return pseudo[name];
    const { Parameters = {}, Resources = {} } = this.source.template;
    if (Parameters[name]) return Parameters[name].Default;
    if (Resources[name]) return this.identityOf(name, Resources[name]).ref;
    throw new Error(`${stackName} ${where}: there is no ${name} to refer to`);
  }

  private attribute(logicalId: string, name: string, where: string): string {
    const resource = this.source.template.Resources?.[logicalId];
    const value = resource && this.identityOf(logicalId, resource).attributes[name];
    if (value !== undefined) return value;
    const what = `${name} of ${logicalId} (${resource?.Type ?? 'no such resource'})`;
    throw new Error(`${this.place.stackName} ${where}: ${what} is not known to the rehearsal`);
  }

  private identityOf(logicalId: string, { Type, Properties = {} }: TemplateResource): Identity {
    let identity = this.identities.get(logicalId);
    if (!identity) {
      const property = nameProperty(Type);
      const given = property && this.resolve(Properties[property], logicalId);
      const name = given === undefined ? generatedName(this.place, logicalId) : String(given);
      identity = identify(Type, name, this.place, Properties);
      this.identities.set(logicalId, identity);
    }
    return identity;
  }

  private condition(name: string): boolean {
    return this.holds(this.source.template.Conditions?.[name], name);
  }

  private holds(expression: unknown, where: string): boolean {
    const [[name, argument] = ['', undefined]] = Object.entries((expression ?? {}) as Members);
    const parts = () => (argument as unknown[]).map((one) => this.holds(one, where));
    switch (name) {
      case 'Fn::Equals': {
        const [left, right] = this.value(argument, where) as unknown[];
        return left === right;
      }
      case 'Fn::And':
        return parts().every(Boolean);
      case 'Fn::Or':
        return parts().some(Boolean);
      case 'Fn::Not':
        return !parts()[0];
      case 'Condition':
        return this.condition(String(argument));
      default:
        throw new Error(
          `${this.place.stackName}: condition ${where} is not known to the rehearsal`,
        );
    }
  }
}
