import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../lambdas/shared/functions/spec';
import type { StatementTemplate } from '../../lambdas/shared/sql';
import { allow } from '../platform/allow';
import { Platform } from '../platform/platform';
import { RunbookPropsError } from '../platform/props-error';
import { taskState } from '../platform/task-state';
import { Step } from './chain';
import type { SqlFile } from './sql-text';
import { checkStepName } from './step-name';
import type { Warehouse } from './warehouse';

/** A function of the warehouse, all of whose arguments and whose result are VARCHAR. */
export interface WarehouseFunction {
  /** Its name, lower case. */
  readonly name: string;

  /** How many arguments it takes, 1 to 3. */
  readonly arguments: number;

  /**
   * Rows the warehouse sends to the Lambda function in one call: few enough that the longest answer
   * stays below Lambda's 6 MB.
   */
  readonly maxBatchRows: number;

  /** Kilobytes of one call, 1 to 5120. */
  readonly maxBatchKb: number;

  /**
   * Calls the function with ordinary values: columns name, expected and actual, compared as JSON. The
   * schema is `{{id:schema}}`. A function that fails here is replaced.
   */
  readonly probe: SqlFile | StatementTemplate;

  /**
   * The same with values that an external function must bear besides: NULL, broken text.
   *
   * @default - the probe alone decides
   */
  readonly golden?: SqlFile | StatementTemplate;
}

/** Properties of {@link ExternalFunctions}. */
export interface ExternalFunctionsProps {
  /** Name of the step in ledger and state data: letters only, unique in the machine. */
  readonly step: string;

  /** Who calls the functions. */
  readonly warehouse: Warehouse;

  /**
   * Who makes them: a superuser, or a user who owns the schema and may create external functions.
   *
   * @default - the caller
   */
  readonly definer?: Warehouse;

  /** Lambda function that answers external functions, in the region of the warehouse. */
  readonly handler: lambda.IFunction;

  /** The functions. */
  readonly functions: readonly WarehouseFunction[];

  /** Schema they are in, a name or JSONata (`{% … %}`). */
  readonly schema: string;

  /**
   * What the functions are called in the names of the states, as in `Ensure the functions run`; unique in
   * the machine.
   *
   * @default 'functions'
   */
  readonly noun?: string;

  /**
   * Whether the step stands inside a ForEach step.
   *
   * @default false
   */
  readonly inItem?: boolean;
}

/**
 * Functions that work before the next state begins. Each is called with sample values; what is missing,
 * refused or wrong is replaced by an external function that a Lambda function answers, and proven. What
 * was there is kept under another name. Functions that work are left alone, whatever they are made of.
 */
export class ExternalFunctions extends Step {
  readonly startState: sfn.State;
  readonly endStates: sfn.INextable[];

  /** Role the warehouse assumes to call the Lambda function; the step associates it when it is needed. */
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: ExternalFunctionsProps) {
    super(scope, id);
    const { step, warehouse, handler } = props;
    checkStepName(this, 'step', step);
    const noun = props.noun ?? 'functions';
    const definer = props.definer ?? warehouse;
    this.role = new iam.Role(this, 'FunctionsRole', {
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('redshift.amazonaws.com'),
        new iam.ServicePrincipal('redshift-serverless.amazonaws.com'),
      ),
      description: 'Lets the warehouse call the Lambda function of its external functions',
    });
    allow(this.role, ['lambda:InvokeFunction'], [handler.functionArn]);
    const ensure = taskState(this, `Ensure the ${noun} run`, {
      task: this.task(warehouse, definer),
      payload: {
        step,
        warehouse: warehouse.target,
        definer: definer.target,
        schema: props.schema,
        functions: functionSpecs(this, props.functions),
        lambda: handler.functionName,
        region: Stack.of(this).region,
        invokeRoleArn: this.role.roleArn,
      },
      inItem: props.inItem ?? false,
      outputs: `{% $merge([$states.input, { '${step}': $states.result.Payload }]) %}`,
      comment:
        'Calls each function on sample values and replaces what is missing, refused or wrong by a proven external function. ' +
        'On redrive: looks again at what is there, settles what was begun, does the rest',
    });
    const run = sfn.Choice.jsonata(this, `Do the ${noun} run?`, {
      comment: 'Leads back while the warehouse is still given its role. On redrive: asks again',
    });
    const done = sfn.Pass.jsonata(this, `All ${noun} run`, {
      comment: 'Goes on with the counts in the state data',
    });
    ensure.next(run);
    run
      .when(sfn.Condition.jsonata(`{% $states.input.${step}.status = 'running' %}`), ensure)
      .otherwise(done);
    this.startState = ensure;
    this.endStates = [done];
  }

  /** The task, with what its own calls need. */
  private task(warehouse: Warehouse, definer: Warehouse): lambda.IFunction {
    const platform = Platform.of(this);
    const task = platform.task('ensure-functions');
    // Whoever ends what a stopped run left behind needs the same rights.
    for (const grantee of [task, ...platform.settlingTasks]) {
      warehouse.grantStatements(grantee);
      if (definer !== warehouse) definer.grantStatements(grantee);
    }
    warehouse.grantRoleAssociation(task, this.role);
    return task;
  }
}

/**
 * The functions as the tasks are told.
 *
 * @internal
 */
export function functionSpecs(
  scope: Construct,
  functions: readonly WarehouseFunction[],
): FunctionSpec[] {
  const template = (sql: SqlFile | StatementTemplate) => ('template' in sql ? sql.template : sql);
  return functions.map(({ golden, probe, ...one }) => {
    const bad =
      !/^[a-z_][a-z0-9_]{0,100}$/.test(one.name) ||
      ![1, 2, 3].includes(one.arguments) ||
      !(one.maxBatchRows >= 1) ||
      !(one.maxBatchKb >= 1 && one.maxBatchKb <= 5120);
    if (bad) {
      throw new RunbookPropsError(
        scope,
        `function ${JSON.stringify(one)} needs a lower-case name, 1 to 3 arguments, maxBatchRows of at least 1 and maxBatchKb of 1 to 5120`,
      );
    }
    return { ...one, probe: template(probe), golden: golden ? template(golden) : null };
  });
}
