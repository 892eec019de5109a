// The states that compare, each in a machine of its own.

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { targetSchema } from '../../../lambdas/shared/inputs/target';
import {
  reconcileFinal,
  reconcileStaged,
  sweepAfter,
  sweepBefore,
} from '../../../lib/runbooks/rdw/reconcile';
import { MySqlSource } from '../../../lib/runbooks/rdw/source';
import { Warehouse } from '../../../lib/steps/warehouse';
import { grantsOf, mainPath, synthStates } from '../../support/step-machine';

const CONFIG = path.join(__dirname, '../../../config/example.json');
const target = targetSchema.parse(JSON.parse(readFileSync(CONFIG, 'utf8'))).rdw!;

const props = (stack: Stack) => ({
  target,
  source: new MySqlSource(stack, target),
  warehouse: Warehouse.provisioned({ cluster: 'rdw-qa', database: 'opus' }),
});
const all = (stack: Stack) => {
  const p = props(stack);
  return sfn.Chain.start(sweepBefore(stack, p))
    .next(reconcileStaged(stack, p))
    .next(reconcileFinal(stack, p))
    .next(sweepAfter(stack, p));
};

describe('states that compare', () => {
  const { template, states, first } = synthStates(all, true);
  const payloadOf = (state: string) => states[state]!.Arguments!.Payload;

  test('stand one behind the other, each leading back while it runs', () => {
    expect(mainPath(states, first)).toEqual([
      'Read the tables of all tenants',
      'Are the tables of all tenants read?',
      'The tables of all tenants are known',
      'Compare the load with the warehouse',
      'Is the load compared?',
      'The load is what the warehouse has',
      'Compare what reports read with the load',
      'Are the reports compared?',
      'Reports read what the warehouse has',
      'Compare the tables of the other tenants',
      'Are the tables of the others compared?',
      'No other tenant was touched',
    ]);
    const silent = Object.values(states).filter(({ Comment }) => !/[Oo]n redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('W7 sweeps know every tenant of the instance, and whose tables the run may change', () => {
    const tenants = target.tenants.map(({ id, reportingSchema }) => ({ id, reportingSchema }));
    expect(payloadOf('Read the tables of all tenants')).toMatchObject({ phase: 'before', tenants });
    expect(payloadOf('Compare the tables of the other tenants')).toMatchObject({
      phase: 'after',
      tenants,
      processed: '{% [$states.input.plan.processed] %}',
    });
  });

  test('a tenant is compared with its own window, mark and extract', () => {
    expect(payloadOf('Compare the load with the warehouse')).toMatchObject({
      phase: 'staged',
      item: '{% $states.input.item %}',
      tenant: '{% $states.input.value %}',
      start: '{% $states.input.common.start %}',
      high: '{% $states.input.highWater.high %}',
      extractedRows: '{% $states.input.extract.rows %}',
      source: { host: target.source.host, port: 3306 },
    });
    expect(payloadOf('Compare what reports read with the load')).not.toHaveProperty('source');
  });

  test('the task runs in the VPC, and reads the users of all tenants and nothing else', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const [task] = functions.filter(({ Properties }) =>
      String(Properties.Description).includes('reconcile-backfill'),
    );
    expect(task!.Properties.VpcConfig).toEqual({
      SubnetIds: target.vpc.subnetIds,
      SecurityGroupIds: target.vpc.securityGroupIds,
    });
    const secrets = [
      target.source.secretArn,
      ...target.tenants.map(({ sourceSecretArn }) => sourceSecretArn),
    ].filter((arn) => arn !== undefined);
    expect(grantsOf(template, 'secretsmanager:GetSecretValue')).toEqual({
      ReconcileBackfill: [...new Set(secrets)],
    });
    expect(JSON.stringify(grantsOf(template, 's3:GetObject'))).not.toContain('ReconcileBackfill');
  });
});
