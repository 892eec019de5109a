import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HostRef } from '../../lambdas/shared/host/ref';
import { allow } from '../platform/allow';
import { RunbookPropsError } from '../platform/props-error';
import type { TaskFunction } from '../platform/task-function';

/** Properties of {@link RunbookHost}. */
export interface RunbookHostProps {
  /** Id of the instance, `i-…`, or of a hybrid activation, `mi-…`: Systems Manager has to know it. */
  readonly instanceId: string;

  /**
   * Region of the instance.
   *
   * @default - the runbook's own
   */
  readonly region?: string;

  /**
   * Linux user who owns the Tutor installation and may use docker.
   *
   * @default 'ubuntu'
   */
  readonly user?: string;

  /** What `tutor config printroot` prints for that user: an absolute path. */
  readonly tutorRoot: string;

  /** Folder with the programs `tutor` and `python` of Tutor's virtual environment: an absolute path. */
  readonly path: string;

  /**
   * Folder on the host for logs and marks of the runbook's commands. Only the user can read it; logs hold
   * passwords as Tutor prints them.
   *
   * @default '/var/lib/upgrade-runbooks'
   */
  readonly stateDirectory?: string;

  /**
   * Folder of plugins that are single files, when it is not Tutor's own.
   *
   * @default - Tutor's own
   */
  readonly pluginsRoot?: string;
}

/** An instance with a Tutor installation, which Systems Manager runs commands on. */
export class RunbookHost {
  private readonly props: RunbookHostProps;

  constructor(props: RunbookHostProps) {
    this.props = props;
  }

  /**
   * The payload's member.
   *
   * @internal
   */
  render(scope: Construct): HostRef {
    const { instanceId, user = 'ubuntu', tutorRoot, path, pluginsRoot } = this.props;
    const stateDirectory = this.props.stateDirectory ?? '/var/lib/upgrade-runbooks';
    const places = { tutorRoot, path, stateDirectory, pluginsRoot };
    for (const [prop, value] of Object.entries(places)) {
      if (value === undefined || /^(\/[A-Za-z0-9._@+-]+)+$/.test(value)) continue;
      throw new RunbookPropsError(
        scope,
        `${prop} must be an absolute path without blanks, got ${JSON.stringify(value)}`,
      );
    }
    if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) {
      throw new RunbookPropsError(scope, `user must be a Linux user, got ${JSON.stringify(user)}`);
    }
    const region = this.props.region ?? Stack.of(scope).region;
    return {
      instanceId,
      region,
      user,
      tutorRoot,
      path,
      stateDirectory,
      pluginsRoot: pluginsRoot ?? null,
    };
  }

  /**
   * Lets a task run shell scripts on this one instance, and read what became of them.
   *
   * @internal
   */
  grant(grantee: TaskFunction): void {
    const { instanceId } = this.props;
    const stack = Stack.of(grantee);
    const region = this.props.region ?? stack.region;
    const instance = instanceId.startsWith('mi-')
      ? `arn:${stack.partition}:ssm:${region}:${stack.account}:managed-instance/${instanceId}`
      : `arn:${stack.partition}:ec2:${region}:${stack.account}:instance/${instanceId}`;
    const document = `arn:${stack.partition}:ssm:${region}::document/AWS-RunShellScript`;
    allow(grantee, ['ssm:SendCommand'], [instance, document]);
    allow(
      grantee,
      ['ssm:GetCommandInvocation'],
      ['*'],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
      'GetCommandInvocation knows no resources; what is read is the answer to a command of the same task.',
    );
  }
}
