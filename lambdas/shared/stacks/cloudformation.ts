// CloudFormation as the stack tasks see it: one stack, its change sets by name, its events.

import {
  type ChangeSetStatus,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type ExecutionStatus,
  GetTemplateSummaryCommand,
  type GetTemplateSummaryOutput,
  ListStackResourcesCommand,
  type ResourceChange,
  type Stack,
  type StackEvent,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { StackUpdatePlan } from './plan';

/** A change set with all its changes. */
export interface ChangeSet {
  readonly status: ChangeSetStatus;
  readonly executionStatus: ExecutionStatus;
  readonly reason: string;
  readonly changes: readonly ResourceChange[];
}

const named = (error: unknown, ...names: string[]) => names.includes((error as Error).name);

export class CloudFormation {
  constructor(private readonly client: Pick<CloudFormationClient, 'send'>) {}

  /** The stack, or undefined when there is none of that name. */
  async stack(stackName: string): Promise<Stack | undefined> {
    try {
      const { Stacks } = await this.client.send(
        new DescribeStacksCommand({ StackName: stackName }),
      );
      return Stacks?.[0];
    } catch (error) {
      // The query API has no error of its own for this.
      if (named(error, 'ValidationError') && /does not exist/.test((error as Error).message)) {
        return undefined;
      }
      throw error;
    }
  }

  /** All stacks of the account in this region, nested ones included. */
  async *stacks(): AsyncGenerator<Stack> {
    let NextToken: string | undefined;
    do {
      const page = await this.client.send(new DescribeStacksCommand({ NextToken }));
      yield* page.Stacks ?? [];
      NextToken = page.NextToken;
    } while (NextToken);
  }

  /** What is in a stack, by its name or id. */
  async *resources(stackName: string): AsyncGenerator<StackResourceSummary> {
    let NextToken: string | undefined;
    do {
      const page = await this.client.send(
        new ListStackResourcesCommand({ StackName: stackName, NextToken }),
      );
      yield* page.StackResourceSummaries ?? [];
      NextToken = page.NextToken;
    } while (NextToken);
  }

  /** What a template at an address declares. */
  templateSummary(templateUrl: string): Promise<GetTemplateSummaryOutput> {
    return this.client.send(new GetTemplateSummaryCommand({ TemplateURL: templateUrl }));
  }

  /** The change set with the changes of all pages, or undefined. */
  async changeSet(stackName: string, name: string): Promise<ChangeSet | undefined> {
    const changes: ResourceChange[] = [];
    let NextToken: string | undefined;
    try {
      for (;;) {
        const page = await this.client.send(
          new DescribeChangeSetCommand({ StackName: stackName, ChangeSetName: name, NextToken }),
        );
        changes.push(...(page.Changes ?? []).flatMap(({ ResourceChange: c }) => (c ? [c] : [])));
        NextToken = page.NextToken;
        if (!NextToken) {
          return {
            status: page.Status as ChangeSetStatus,
            executionStatus: page.ExecutionStatus as ExecutionStatus,
            reason: page.StatusReason ?? '',
            changes,
          };
        }
      }
    } catch (error) {
      if (named(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound')) return undefined;
      throw error;
    }
  }

  /** Starts the change set; one of that name that is there already is adopted. */
  async createChangeSet(plan: StackUpdatePlan, name: string): Promise<void> {
    try {
      await this.client.send(
        new CreateChangeSetCommand({
          StackName: plan.stackName,
          ChangeSetName: name,
          ChangeSetType: 'UPDATE',
          ClientToken: name,
          TemplateURL: plan.templateUrl,
          Parameters: plan.parameters.map(({ key, value }) =>
            value === undefined
              ? { ParameterKey: key, UsePreviousValue: true }
              : { ParameterKey: key, ParameterValue: value },
          ),
          Capabilities: [...plan.capabilities] as never,
          RoleARN: plan.roleArn,
          Description: 'Made by an upgrade runbook; approved and executed by it',
        }),
      );
    } catch (error) {
      if (!named(error, 'AlreadyExistsException')) throw error;
    }
  }

  /** Starts the update; `token` stands on every event of it. */
  async executeChangeSet(stackName: string, name: string, token: string): Promise<void> {
    await this.client.send(
      new ExecuteChangeSetCommand({
        StackName: stackName,
        ChangeSetName: name,
        ClientRequestToken: token,
      }),
    );
  }

  /** Removes a change set that nobody will execute; one that is gone already is fine. */
  async deleteChangeSet(stackName: string, name: string): Promise<void> {
    try {
      await this.client.send(
        new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: name }),
      );
    } catch (error) {
      if (!named(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound')) throw error;
    }
  }

  /**
   * Events of the stack since an intent, oldest first. They come newest first, so reading ends
   * where they are older; five minutes are added for clocks that differ.
   */
  async events(stackName: string, since: number): Promise<StackEvent[]> {
    const from = since - 300_000;
    const found: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.client.send(
        new DescribeStackEventsCommand({ StackName: stackName, NextToken }),
      );
      const events = page.StackEvents ?? [];
      const recent = events.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= from);
      found.push(...recent);
      NextToken = recent.length < events.length ? undefined : page.NextToken;
    } while (NextToken);
    return found.reverse();
  }
}
