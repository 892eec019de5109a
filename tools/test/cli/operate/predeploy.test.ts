// What `predeploy` gives no green light for: what it could not look at, and what it looked for elsewhere.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  ACCOUNT,
  executionArn,
  machineArn,
  REGION,
  Refusal,
  resourcesOf,
  STACK,
  StandIn,
} from './stand-in';

const folder = mkdtempSync(path.join(tmpdir(), 'predeploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

let aws: StandIn;
beforeEach(async () => {
  aws = new StandIn();
  await aws.start();
});
afterEach(() => aws.stop());

const TEMPLATE = {
  Resources: { run: { Type: 'AWS::StepFunctions::StateMachine', Properties: {} } },
};

/** Looks at an assembly with these stacks. */
function predeploy(
  stacks: readonly string[],
  environment = `aws://${ACCOUNT}/${REGION}`,
  ...more: string[]
) {
  const artifacts = Object.fromEntries(
    stacks.map((name) => [
      name,
      {
        ...{ type: 'aws:cloudformation:stack', environment },
        properties: { templateFile: `${name}.json` },
      },
    ]),
  );
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
  for (const name of stacks) {
    aws.templates[name] = TEMPLATE;
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(TEMPLATE));
  }
  return aws.runbooks('predeploy', '--assembly', folder, ...more);
}

const denied = () => {
  throw new Refusal('AccessDeniedException', 'not authorized');
};

describe('what it may not look at', () => {
  const listing = (refused: string, executions: readonly unknown[] = []) => {
    aws.answers['states.ListExecutions'] = ({ stateMachineArn, statusFilter }) => {
      if (stateMachineArn === machineArn(refused)) return denied();
      const own = stateMachineArn === machineArn(`${STACK}-run`) && statusFilter === 'RUNNING';
      return { executions: own ? executions : [] };
    };
  };

  it('is no green light', async () => {
    listing(`${STACK}-run`);
    const { code, out } = await predeploy([STACK]);
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining(`COULD NOT BE LOOKED AT, for lack of rights: ${STACK}-run\n`),
    });
  });

  it('is none either when it is the record of a run', async () => {
    listing('none', [{ executionArn: executionArn('one') }]);
    aws.answers['states.DescribeExecution'] = () => ({ status: 'RUNNING', startDate: 0 });
    aws.answers['DynamoDB.GetItem'] = denied;
    const { code, out } = await predeploy([STACK], undefined, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).stacks[0].unseen).toEqual([`${STACK}-run`]);
  });

  it('is excused for the listing of the machine that only sounds an alarm, and for no other with such an end', async () => {
    listing(`${STACK}-quiet-watch`);
    const { code, out } = await predeploy([STACK]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`nobody redrives its executions: ${STACK}-quiet-watch`),
    });
    aws.stacks[STACK] = resourcesOf(STACK, ['run', 'loud-quiet-watch']);
    listing(`${STACK}-loud-quiet-watch`);
    expect((await predeploy([STACK])).code).toBe(1);
  });
});

describe('the stacks of an assembly', () => {
  it('one that is not deployed yet, or is no runbook’s, does not keep it from the others', async () => {
    aws.stacks.network = [['Vpc', 'AWS::EC2::VPC', 'vpc-1']];
    const { code, out } = await predeploy(['fresh', 'network', STACK]);
    expect(code).toBe(0);
    expect(out).toMatch(/^fresh: not deployed yet .*: nothing to lose$/m);
    expect(out).toMatch(/^network: has no ledger: no stack of runbooks, not looked at$/m);
    expect(out).toContain(`${STACK}: 0 executions can be redriven`);
  });

  it('are looked for in the region they would be deployed to', async () => {
    delete process.env.AWS_REGION;
    expect(await predeploy([STACK])).toMatchObject({ code: 0 });
    expect(await predeploy([STACK], 'aws://unknown-account/unknown-region')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no region is known'),
    });
  });

  it('are refused in another account, unless the app leaves it open', async () => {
    const { code, err } = await predeploy([STACK], `aws://999999999999/${REGION}`);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(
        `would be deployed to account 999999999999, and these keys see that of account ${ACCOUNT}`,
      ),
    });
    expect((await predeploy([STACK], `aws://unknown-account/${REGION}`)).code).toBe(0);
  });
});
