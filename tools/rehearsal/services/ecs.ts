// ECS for services on instances of an Auto Scaling group: what a refresh of the servers asks and changes.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';
import { flag, integer, listOf, needed, oneOf, type Read, read, type Shape, text } from './members';
import type { Fleet, Task } from './servers/fleet';
import type { Instance } from './servers/group';

const name = text(1, 2048);
const page = { nextToken: text(0, 1024), maxResults: integer(1, 100) };
const SHAPES = {
  DescribeServices: { cluster: needed(name), services: needed(listOf(name, 1, 10)) },
  ListTasks: { cluster: needed(name), desiredStatus: oneOf('RUNNING', 'STOPPED'), ...page },
  DescribeTasks: { cluster: needed(name), tasks: needed(listOf(name, 1, 100)) },
  ListContainerInstances: { cluster: needed(name), ...page },
  DescribeContainerInstances: {
    cluster: needed(name),
    containerInstances: needed(listOf(name, 1, 100)),
  },
  UpdateService: {
    cluster: needed(name),
    service: needed(name),
    desiredCount: needed(integer(0, 5000)),
  },
  UpdateContainerInstancesState: {
    cluster: needed(name),
    containerInstances: needed(listOf(name, 1, 10)),
    status: needed(oneOf('ACTIVE', 'DRAINING')),
  },
  UpdateTaskProtection: {
    cluster: needed(name),
    tasks: needed(listOf(name, 1, 10)),
    protectionEnabled: needed(flag),
    expiresInMinutes: integer(1, 2880),
  },
} satisfies Record<string, Shape>;

type Operation = keyof typeof SHAPES;
type Call<O extends Operation> = Read<(typeof SHAPES)[O]>;
type Answer = Record<string, unknown>;

const last = (arn: string) => arn.split('/').at(-1)!;
const refuse = (code: string, message: string) => new ServiceError(code, message);

/** Small enough that callers have to turn pages. */
const PAGE = 3;

function paged(
  member: string,
  arns: readonly string[],
  input: Call<'ListContainerInstances'>,
): Answer {
  const from = Number(input.nextToken ?? 0);
  const to = from + Math.min(PAGE, input.maxResults ?? PAGE);
  return { [member]: arns.slice(from, to), nextToken: to < arns.length ? String(to) : undefined };
}

/** The stand-in; see the head of the file. */
export class EcsService implements Service {
  readonly target = 'AmazonEC2ContainerServiceV20141113';
  readonly protocol = 'json-1.1';

  constructor(
    private readonly clock: Clock,
    private readonly fleets: readonly Fleet[],
  ) {}

  async call(request: ServiceRequest): Promise<Answer> {
    const { operation, region } = request;
    if (!Object.hasOwn(SHAPES, operation)) {
      throw refuse('InvalidParameterException', `ECS ${operation} is not rehearsed`);
    }
    const input = read(request.input, SHAPES[operation as Operation] as Shape) as {
      cluster: string;
    };
    const fleet = this.fleets.find(
      (one) => one.data.cluster === last(input.cluster) && one.region === region,
    );
    if (!fleet) {
      request.authorize(`ecs:${operation}`, '*');
      throw refuse('ClusterNotFoundException', 'Cluster not found.');
    }
    const { cluster } = fleet.data;
    const may = (kind: string, ids: readonly string[]) => {
      for (const id of ids) {
        request.authorize(`ecs:${operation}`, fleet.arn('ecs', `${kind}/${cluster}/${last(id)}`));
      }
    };
    const answer = (): Answer => {
      switch (operation as Operation) {
        case 'DescribeServices': {
          const { services } = input as Call<'DescribeServices'>;
          may('service', services);
          const found = services.filter((one) => last(one) === fleet.data.service);
          const missing = services.filter((one) => !found.includes(one));
          const failures = missing.map((arn) => ({ arn, reason: 'MISSING' }));
          return { services: found.map(() => this.service(fleet)), failures };
        }
        case 'ListTasks': {
          // With or without a container instance the resource is one of this kind.
          may('container-instance', ['*']);
          const { desiredStatus = 'RUNNING', ...rest } = input as Call<'ListTasks'>;
          const tasks = fleet.tasks.filter((task) => desiredOf(task) === desiredStatus);
          return paged(
            'taskArns',
            tasks.map((task) => taskArn(fleet, task)),
            rest,
          );
        }
        case 'DescribeTasks': {
          const { tasks } = input as Call<'DescribeTasks'>;
          may('task', tasks);
          return { tasks: this.tasks(fleet, tasks).map((task) => describeTask(fleet, task)) };
        }
        case 'ListContainerInstances': {
          request.authorize(`ecs:${operation}`, fleet.arn('ecs', `cluster/${cluster}`));
          const arns = registered(fleet).map((one) => containerArn(fleet, one));
          return paged('containerInstanceArns', arns, input as Call<'ListContainerInstances'>);
        }
        case 'DescribeContainerInstances':
        case 'UpdateContainerInstancesState': {
          const { containerInstances, status } = input as Call<'UpdateContainerInstancesState'>;
          may('container-instance', containerInstances);
          const ids = containerInstances.map(last);
          const found = registered(fleet).filter((one) => ids.includes(containerId(one)));
          if (status) for (const one of found) one.agent = status;
          return { containerInstances: found.map((one) => describeContainer(fleet, one)) };
        }
        case 'UpdateService': {
          const { service, desiredCount } = input as Call<'UpdateService'>;
          may('service', [service]);
          fleet.want(desiredCount);
          fleet.settle();
          return { service: this.service(fleet) };
        }
        case 'UpdateTaskProtection': {
          const {
            tasks,
            protectionEnabled,
            expiresInMinutes = 120,
          } = input as Call<'UpdateTaskProtection'>;
          may('task', tasks);
          const until = protectionEnabled ? this.clock.now() + expiresInMinutes * 60_000 : 0;
          const found = this.tasks(fleet, tasks);
          for (const task of found) task.protectedUntil = until;
          const protectedTasks = found.map((task) => ({
            taskArn: taskArn(fleet, task),
            protectionEnabled,
          }));
          return { protectedTasks, failures: [] };
        }
      }
    };
    const members = answer();
    fleet.settle();
    return members;
  }

  private tasks(fleet: Fleet, arns: readonly string[]): Task[] {
    const ids = arns.map(last);
    return fleet.tasks.filter(({ id }) => ids.includes(id));
  }

  private service(fleet: Fleet): Answer {
    const { data, desired, tasks } = fleet;
    const count = (...statuses: string[]) =>
      tasks.filter(({ status }) => statuses.includes(status)).length;
    const waiting = count('PROVISIONING');
    const message = `(service ${data.service}) was unable to place a task because no container instance met all of its requirements.`;
    return {
      serviceArn: fleet.arn('ecs', `service/${data.cluster}/${data.service}`),
      serviceName: data.service,
      clusterArn: fleet.arn('ecs', `cluster/${data.cluster}`),
      status: 'ACTIVE',
      desiredCount: desired,
      runningCount: count('RUNNING'),
      pendingCount: count('PROVISIONING', 'PENDING'),
      loadBalancers: [{ targetGroupArn: targetGroupArn(fleet) }],
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', desiredCount: desired }],
      events: waiting > 0 ? [{ message, createdAt: new Date(this.clock.now()) }] : [],
    };
  }
}

export const targetGroupArn = (fleet: Fleet): string =>
  fleet.arn('elasticloadbalancing', `targetgroup/${fleet.data.service}/0123456789abcdef`);

const desiredOf = ({ status }: Task) => (status === 'DEACTIVATING' ? 'STOPPED' : 'RUNNING');
const taskArn = ({ arn, data }: Fleet, { id }: Task) => arn('ecs', `task/${data.cluster}/${id}`);
const containerId = ({ id }: Instance) => id.replace('i-', 'c');
const containerArn = ({ arn, data }: Fleet, one: Instance) =>
  arn('ecs', `container-instance/${data.cluster}/${containerId(one)}`);
const registered = ({ group }: Fleet) => group.instances.filter(({ agent }) => agent !== null);

function describeTask(fleet: Fleet, task: Task): Answer {
  const { instance, status, ip, createdAt } = task;
  const details = [{ name: 'privateIPv4Address', value: ip }];
  return {
    taskArn: taskArn(fleet, task),
    containerInstanceArn: instance && containerArn(fleet, instance),
    lastStatus: status,
    desiredStatus: desiredOf(task),
    group: `service:${fleet.data.service}`,
    createdAt,
    attachments: instance ? [{ type: 'ElasticNetworkInterface', status: 'ATTACHED', details }] : [],
  };
}

function describeContainer(fleet: Fleet, one: Instance): Answer {
  const count = (status: string) =>
    fleet.tasks.filter((task) => task.instance === one && task.status === status).length;
  return {
    containerInstanceArn: containerArn(fleet, one),
    ec2InstanceId: one.id,
    status: one.agent,
    agentConnected: true,
    runningTasksCount: count('RUNNING'),
    pendingTasksCount: count('PENDING'),
  };
}
