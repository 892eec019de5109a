// The solution in an account of its own, with nothing of ours deployed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { Cloud } from '../../rehearsal/cloud';

const SCENARIO = join(__dirname, '../../rehearsal/scenarios/clickstream');
export const PROJECT = 'my_project_ab12';
export const PIPELINE = '5f2c8e1a9b7d4c03a6e1f0b2d9c84735';
export const TARGET = 'v1.1.15-202509020817';
const MINUTE = 60_000;

let requests = 0;

/** What came back from the console. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly success: boolean;
    readonly message: string;
    readonly error?: unknown;
    readonly data?: Record<string, never>;
  };
}

/** A running cloud, and a person at the console. */
export class World {
  static async start(machine?: string, faults: readonly string[] = []): Promise<World> {
    const assemblyDir = mkdtempSync(join(tmpdir(), 'solution-test-'));
    writeFileSync(join(assemblyDir, 'manifest.json'), '{"artifacts":{}}');
    const options = { assemblyDir, scenarioDir: SCENARIO, machine, rows: 200, faults };
    return new World(await Cloud.start(options), assemblyDir);
  }

  private constructor(
    readonly cloud: Cloud,
    private readonly folder: string,
  ) {}

  get clientConfig() {
    const { endpointUrl: endpoint, operatorCredentials: credentials, region } = this.cloud;
    return { endpoint, credentials, region };
  }

  get url(): string {
    return this.cloud.cloudformation!.find('clickstream-console')!.outputs.ControlPlaneURL!;
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const id = { 'x-click-stream-request-id': `request-${++requests}` };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: 'Bearer token-of-an-operator', ...id, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  upgrade(headers: Record<string, string> = {}): Promise<Answer> {
    const path = `/api/pipeline/${PIPELINE}/upgrade?pid=${PROJECT}`;
    return this.ask('POST', path, {}, headers);
  }

  setZone(app: string, timezone = 'Europe/Berlin'): Promise<Answer> {
    return this.ask('PUT', `/api/app/${app}/timezone`, { projectId: PROJECT, timezone });
  }

  async pipeline() {
    const { body } = await this.ask('GET', `/api/pipeline/${PIPELINE}?pid=${PROJECT}`);
    return body.data as unknown as {
      statusType: string;
      templateInfo: { isLatest: boolean };
      stackDetails: { stackName: string; stackStatus: string; stackTemplateVersion: string }[];
    };
  }

  /** Lets time pass. */
  async minutes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.cloud.clock.sleep(MINUTE);
  }

  /** Lets time pass until a question is answered with yes. */
  async until(question: () => Promise<boolean> | boolean, everySeconds = 60): Promise<void> {
    for (let i = 0; i < 240; i++) {
      if (await question()) return;
      await this.cloud.clock.sleep(everySeconds * 1000);
    }
    throw new Error('it never came to it');
  }

  async number(sql: string): Promise<number> {
    return Number(Object.values((await this.cloud.query(sql))[0]!)[0]);
  }

  /** Statuses of a machine's executions, oldest first, by the beginning of its name. */
  executions(machine: string): { name: string; status: string; arn: string }[] {
    const { engine } = this.cloud;
    const found = engine.stateMachines().find(({ name }) => name.startsWith(machine))!;
    const { items } = engine.listExecutions({ stateMachineArn: found.arn, maxResults: 1000 });
    return items.map(({ name, status, executionArn: arn }) => ({ name, status, arn })).reverse();
  }

  /** Asks the Data API as the solution does. */
  async withSolutionsRole<Result>(
    ask: (data: RedshiftDataClient) => Promise<Result>,
  ): Promise<Result> {
    const { endpoint, region, credentials: masterCredentials } = this.clientConfig;
    const RoleArn = `arn:aws:iam::${this.cloud.account}:role/clickstream-redshift-data-api`;
    const data = new RedshiftDataClient({
      endpoint,
      region,
      credentials: fromTemporaryCredentials({
        params: { RoleArn },
        masterCredentials,
        clientConfig: { endpoint, region },
      }),
    });
    try {
      return await ask(data);
    } finally {
      data.destroy();
    }
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.folder, { recursive: true });
  }
}
