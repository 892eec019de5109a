// A warehouse's functions and the roles it may assume, as far as statements and the admin APIs show them.
// The statements are told by the text the files give; the rehearsal's stand-in over PostgreSQL is the
// independent second opinion.

import { ensureFunctions } from '../../lambdas/ensure-functions/core';
import type {
  EnsureFunctionsPayload,
  EnsureFunctionsResult,
} from '../../lambdas/ensure-functions/payload';
import type { EnsureDeps } from '../../lambdas/ensure-functions/work';
import { DataApi } from '../../lambdas/shared/data-api';
import { ClusterRoles, NamespaceRoles } from '../../lambdas/shared/functions/role-hosts';
import type { FunctionSpec } from '../../lambdas/shared/functions/spec';
import { type Ledger, runKey } from '../../lambdas/shared/ledger';
import { sqlText } from '../../lambdas/shared/sql-files';
import { CLICKSTREAM_FUNCTIONS } from '../../lib/runbooks/clickstream/functions';
import { functionSpecs } from '../../lib/steps/external-functions';
import { FakeClock, FakeWarehouse, type ScriptedStatement } from './fake-warehouse';

export const SPECS: readonly FunctionSpec[] = functionSpecs({} as never, CLICKSTREAM_FUNCTIONS);
export const ROLE = 'arn:aws:iam::000000000000:role/functions';
export const CALLER = 'IAMR:data-api';
export const ADMIN = 'IAMR:admin';

/** How a function answers: `fragile` ones fail on values such as NULL. */
type Answers = 'right' | 'wrong' | 'refused' | 'fragile';

export interface FakeFunction {
  readonly language: string;
  readonly owner: string;
  readonly answers: Answers;
}

const failed = (error: string): ScriptedStatement => ({ ends: 'FAILED', error });

export class FakeFunctions {
  readonly catalog = new Map<string, FakeFunction>();
  readonly grants: string[] = [];
  superuser = true;
  privileges: string[] = [];
  mayCreate = 'yes';
  /** What a function made by CREATE EXTERNAL FUNCTION does once the role can be used. */
  externalAnswers: Answers = 'right';
  /** Whether the warehouse can assume the role now. */
  roleUsable: () => boolean = () => true;
  user = CALLER;

  /** All six in one language. */
  fill(language: string, answers: Answers = 'right', owner = CALLER): this {
    for (const { name } of SPECS) this.catalog.set(name, { language, owner, answers });
    return this;
  }

  readonly run = (sql: string): ScriptedStatement => {
    const what = /^\/\* (.*) \*\//.exec(sql)![1]!.split(' ');
    const file = what.find((word) => sqlFile(word) !== undefined)!;
    const rows = this.reading(file, sql);
    return rows ?? this.changing(sql);
  };

  private reading(file: string, sql: string): ScriptedStatement | undefined {
    const [, kind, name] = /^(probe|golden)-(.*)$/.exec(file) ?? [];
    if (kind) return this.call(name!.replaceAll('-', '_'), kind === 'golden');
    if (file === 'read-functions') {
      const rows = [...this.catalog].map(([fn, { language, owner }]) => {
        const spec = SPECS.find((one) => fn.startsWith(one.name))!;
        const args = Array(spec.arguments).fill('character varying').join(', ');
        return { name: fn, language, owner, arguments: args };
      });
      return { rows };
    }
    if (file === 'read-function-user') {
      const superuser = this.superuser && this.user === ADMIN ? 'yes' : 'no';
      return { rows: [{ me: this.user, superuser, may_create: this.mayCreate }] };
    }
    if (file === 'read-function-privileges') {
      return { rows: this.privileges.map((privilege) => ({ privilege, identity: this.user })) };
    }
    if (file === 'read-function-source') {
      return { rows: [{ language: 'plpythonu', source: 'import json', argument_names: 's' }] };
    }
    expect(sql).toMatch(/(create external|alter|drop) function|grant execute/);
    return undefined;
  }

  private call(name: string, nasty: boolean): ScriptedStatement {
    const one = this.catalog.get(name);
    if (!one) return failed(`function ${name} does not exist`);
    const usable = one.language !== 'exfunc' || this.roleUsable();
    const answers = one.answers === 'fragile' ? (nasty ? 'refused' : 'right') : one.answers;
    if (answers === 'refused' || !usable) return failed(`${one.language} is refused`);
    const actual = answers === 'wrong' ? '{"a": 2}' : '{"a": 1, "b": 12345678901234567890}';
    return { rows: [{ name: 'a case', expected: '{"b":12345678901234567890,"a":1}', actual }] };
  }

  private changing(sql: string): ScriptedStatement {
    const [, name] = /function "\w+"\."(\w+)"/.exec(sql)!;
    const there = this.catalog.get(name!);
    if (sql.includes('create external function')) {
      if (there) return failed(`function "${name}" already exists`);
      const made = { language: 'exfunc', owner: this.user, answers: this.externalAnswers };
      this.catalog.set(name!, made);
      return {};
    }
    if (!there) return failed(`function ${name} does not exist`);
    if (sql.includes('grant execute')) {
      this.grants.push(`${name} to ${/to "(.*)"/.exec(sql)![1]}`);
      return {};
    }
    this.catalog.delete(name!);
    const [, renamed] = /rename to "(\w+)"/.exec(sql) ?? [];
    if (renamed) this.catalog.set(renamed, there);
    return {};
  }
}

const sqlFile = (name: string): string | undefined => {
  try {
    return sqlText({ file: `clickstream/${name}` });
  } catch {
    return undefined;
  }
};

class ServiceFault extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** Namespace or cluster: a change takes thirty seconds, and no other begins in them. */
export class FakeRoles {
  roles: string[] = ['arn:aws:iam::000000000000:role/copy', 'arn:aws:iam::000000000000:role/z'];
  defaultRole: string | undefined = 'arn:aws:iam::000000000000:role/z';
  readonly calls: string[] = [];
  readonly written: unknown[] = [];
  busyUntil = 0;
  before: (call: string) => void = () => undefined;
  after: (call: string) => void = () => undefined;

  constructor(private readonly clock: FakeClock) {}

  /** Somebody else's addition, as far as the service takes it. */
  add(arn: string): void {
    this.roles = [...this.roles, arn];
    this.busyUntil = this.clock.now() + 30_000;
  }

  get busy(): boolean {
    return this.clock.now() < this.busyUntil;
  }

  usable(arn: string): boolean {
    return this.roles.includes(arn) && !this.busy;
  }

  readonly client = {
    send: async (command: { constructor: { name: string }; input: object }): Promise<never> => {
      const call = command.constructor.name.replace(/Command$/, '');
      this.calls.push(call);
      this.before(call);
      const answer = this.answer(call, command.input as Record<string, string[]>);
      this.after(call);
      return answer as never;
    },
  };

  private answer(call: string, input: Record<string, string[]>): unknown {
    const status = this.busy ? 'adding' : 'in-sync';
    switch (call) {
      case 'GetWorkgroup':
        return { workgroup: { namespaceName: 'space' } };
      case 'GetNamespace': {
        // The two forms the service was seen to answer with.
        const iamRoles = this.roles.map((arn, i) =>
          i % 2 === 0
            ? `IamRole(applyStatus=${status}, iamRoleArn=${arn})`
            : `IamRole(iamRoleArn=${arn}, applyStatus=${status})`,
        );
        const state = this.busy ? 'MODIFYING' : 'AVAILABLE';
        return { namespace: { iamRoles, status: state, defaultIamRoleArn: this.defaultRole } };
      }
      case 'DescribeClusters': {
        const IamRoles = this.roles.map((IamRoleArn) => ({ IamRoleArn, ApplyStatus: status }));
        return { Clusters: [{ ClusterStatus: this.busy ? 'modifying' : 'available', IamRoles }] };
      }
      case 'UpdateNamespace':
        if (this.busy) throw new ServiceFault('ConflictException');
        this.written.push(input);
        this.roles = input.iamRoles!;
        this.defaultRole = input.defaultIamRoleArn as never;
        break;
      case 'ModifyClusterIamRoles':
        if (this.busy) throw new ServiceFault('InvalidClusterStateFault');
        this.written.push(input);
        this.roles = [...this.roles, ...input.AddIamRoles!];
        break;
      default:
        throw new Error(`no fake for ${call}`);
    }
    this.busyUntil = this.clock.now() + 30_000;
    return {};
  }
}

export const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:m:one';

/** The task as the state machine calls it. */
export class FunctionsHarness {
  readonly clock = new FakeClock();
  readonly functions = new FakeFunctions();
  readonly roles = new FakeRoles(this.clock);
  readonly warehouse = new FakeWarehouse(this.clock, (sql) => this.functions.run(sql));
  executionStatus = 'RUNNING';
  redriveCount = 0;
  invocations = 0;
  readonly deps: EnsureDeps;

  constructor(
    readonly ledger: Ledger,
    readonly runId = `run-${Math.random().toString(36).slice(2)}`,
  ) {
    this.functions.roleUsable = () => this.roles.usable(ROLE);
    this.deps = {
      ledger,
      clock: this.clock,
      sqlText,
      sfn: { send: async () => ({ status: this.executionStatus }) } as never,
      dataApi: (target) => {
        const send = (command: never) => {
          this.functions.user = target.roleArn === 'admin' ? ADMIN : CALLER;
          return this.warehouse.client.send(command);
        };
        return new DataApi({ send } as never, target);
      },
      roleHost: (target, arn) =>
        target.workgroup === undefined
          ? new ClusterRoles(this.roles.client as never, target.cluster!, arn)
          : new NamespaceRoles(this.roles.client as never, target.workgroup, arn),
    };
  }

  async open(): Promise<this> {
    const run = { runId: this.runId, executionArn: ROOT, status: 'open' };
    await this.ledger.put(runKey(this.runId), run);
    return this;
  }

  invoke(change: Partial<EnsureFunctionsPayload> = {}): Promise<EnsureFunctionsResult> {
    this.invocations += 1;
    const end = this.clock.now() + 900_000;
    return ensureFunctions(
      {
        version: 1,
        runId: this.runId,
        rootArn: ROOT,
        selfArn: ROOT,
        redriveCount: this.redriveCount,
        item: { map: 'applications', key: 'Shop' },
        step: 'functions',
        warehouse: { workgroup: 'w', database: 'd', roleArn: 'data-api' },
        definer: { workgroup: 'w', database: 'd', roleArn: 'admin' },
        schema: 'shop',
        functions: SPECS,
        lambda: 'answers',
        region: 'us-east-1',
        invokeRoleArn: ROLE,
        ...change,
      },
      this.deps,
      {
        requestId: `request-${this.invocations}`,
        remainingMs: () => end - this.clock.now(),
      },
    );
  }

  /** Statements that changed something, by their file and function, in order. */
  get changes(): string[] {
    return this.warehouse.statements
      .map(({ sql }) => /^\/\* \S+ functions \S+ (\w+) ([a-z-]+)-function-\d \d+ \*\//.exec(sql))
      .flatMap((match) => (match ? [`${match[2]} ${match[1]}`] : []));
  }

  /** Language of each function that has its own name. */
  get languages(): Record<string, string> {
    return Object.fromEntries(
      SPECS.map(({ name }) => [name, this.functions.catalog.get(name)?.language ?? 'none']),
    );
  }

  async items<T extends object>(prefix: string): Promise<T[]> {
    const all: T[] = [];
    for await (const item of this.ledger.list<T>(this.runId, prefix)) all.push(item);
    return all;
  }
}
