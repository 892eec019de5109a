// The options of `runbooks init`.

import type { Command } from 'commander';
import type {
  InitAspectsOptions,
  InitClickstreamOptions,
  InitHistoryOptions,
  InitRdwOptions,
} from '../options';
import { initClickstream } from './clickstream';
import { initRdw } from './rdw';

/** Adds the command; `set` takes its exit code. */
export function addInit(
  runbooks: Command,
  signal: AbortSignal,
  set: (code: Promise<number>) => Promise<void>,
): void {
  const init = runbooks.command('init').description("write a target's file in config/");
  init
    .command('clickstream')
    .description('from the stacks of a project of Clickstream Analytics on AWS; reads only')
    .option('--project <id>', 'id of the project, as in the console')
    .option('--region <name>', "region of the project's stacks (default: that of the profile)")
    .option('--target <name>', 'name of the target: the file is config/<name>.json', 'prod')
    .option('--out <file>', "the target's file, elsewhere")
    .option('--force', 'write a member clickstream that is there already anew', false)
    .option('--console-stack <name>', 'stack of the console, where the account has several')
    .option('--console-region <name>', "its region, when it is not the project's")
    .option('--console-role-arn <arn>', 'role CloudFormation updates the console with')
    .option('--api-token-secret-arn <arn>', "secret with a token for the console's API")
    .option('--profile <name>', 'profile of the shared AWS files')
    .option('--endpoint-url <url>', 'another address than that of AWS, e.g. of a rehearsal')
    .option('--json', 'print nothing but one JSON document on stdout', false)
    .action((options: InitClickstreamOptions) => set(initClickstream(options, signal)));
  addHistory(init, signal, set);
  addAspects(init, signal, set);
  init
    .command('rdw')
    .description('from the configuration files of RDW; no password is read or written')
    .requiredOption(
      '--config <file...>',
      'application.yml, those of services, tenant-XX/application.yml; later ones win',
    )
    .option('--out <file>', "the target's file", 'config/rdw.json')
    .option('--force', 'write a member rdw that is there already anew', false)
    .option('--json', 'print nothing but one JSON document on stdout', false)
    .option('--account <id>', 'account (default: that of the Redshift role)')
    .option('--region <name>', 'region (default: that in the name of the Redshift host)')
    .option('--location <folder>', 'folder of back-fills below the prefixes of the tenants')
    .option('--source-secret-arn <arn>', 'secret with the user of the warehouse (Aurora MySQL)')
    .option('--source-user <name>', 'user of the warehouse, to sign in with an IAM token')
    .option('--tenant-secret-arn <tenant=arn...>', "secret with a tenant's own user")
    .option('--reporting-schema <tenant=schema...>', "a tenant's schema in Redshift")
    .option('--redshift-cluster <name>', 'cluster (default: that in the name of its host)')
    .option('--redshift-workgroup <name>', 'workgroup (default: that in the name of its host)')
    .option('--workgroup-id <id>', "last part of the workgroup's ARN")
    .option('--warehouse-role-arn <arn>', 'role whose user owns the tables in Redshift')
    .option('--warehouse-secret-arn <arn>', 'secret with the user who owns the tables in Redshift')
    .option('--warehouse-user <name>', 'user who owns the tables, of a cluster')
    .option('--eks-cluster <name>', 'cluster in which migrate-olap runs')
    .option('--eks-endpoint <url>', 'address of its API server')
    .option('--eks-certificate-authority <base64>', 'its certificate authority')
    .option('--eks-secret-arn <arn>', 'secret with endpoint, certificateAuthority and token')
    .option('--eks-role-arn <arn>', 'role the cluster knows')
    .option('--eks-region <name>', "region of the cluster, when it is not the stack's")
    .option('--namespace <name>', 'namespace of migrate-olap')
    .option('--deployment <name>', 'name of its Deployment')
    .option('--vpc-id <id>', 'VPC of the tasks that talk to the warehouse and to Kubernetes')
    .option('--subnet <id...>', 'its subnets')
    .option('--security-group <id...>', 'its security groups')
    .action((options: InitRdwOptions) => set(initRdw(options)));
}

type Adding = Parameters<typeof addInit>;

/** The options of every `init` that reads an account. */
const reading = (command: Command, member: string): Command =>
  command
    .option('--region <name>', 'region of what is read (default: that of the profile)')
    .option('--target <name>', 'name of the target: the file is config/<name>.json', 'prod')
    .option('--out <file>', "the target's file, elsewhere")
    .option('--force', `write a member ${member} that is there already anew`, false)
    .option('--vpc-id <id>', 'VPC of the tasks (default: that of the server)')
    .option('--subnet <id...>', 'its subnets (default: those of the server)')
    .option('--security-group <id...>', 'groups of the tasks (default: the one that is let in)')
    .option('--profile <name>', 'profile of the shared AWS files')
    .option('--endpoint-url <url>', 'another address than that of AWS, e.g. of a rehearsal')
    .option('--json', 'print nothing but one JSON document on stdout', false);

// The clients of RDS and EC2 are large: nobody else waits for them.

function addHistory(init: Command, signal: Adding[1], set: Adding[2]): void {
  reading(init.command('student-module-history'), 'studentModuleHistory')
    .description('from the MySQL servers of RDS; reads only, and no secret')
    .option('--db <id>', 'cluster or instance with the history today (default: the only one)')
    .option('--new-db <id>', 'where it goes, the same or another (default: the only one)')
    .option('--database <name>', 'database of the old table (default: the one RDS made)')
    .option('--new-database <name>', 'database of the new table')
    .option('--secret-arn <arn>', 'secret with the login to the old server')
    .option('--user <name>', 'user with an IAM token, instead')
    .option('--new-secret-arn <arn>', 'secret with the login to the new server')
    .option('--new-user <name>', 'user with an IAM token, instead')
    .option('--admin-secret-arn <arn>', 'secret of a user that may create the new database')
    .action((options: InitHistoryOptions) =>
      set((require('./history') as typeof import('./history')).initHistory(options, signal)),
    );
}

function addAspects(init: Command, signal: Adding[1], set: Adding[2]): void {
  reading(init.command('aspects'), 'aspects')
    .description('from the instance with Tutor, as EC2 and Systems Manager know it; reads only')
    .option('--instance <id>', 'instance on which tutor is installed')
    .option('--name <name>', 'its tag Name, instead')
    .option('--user <name>', 'user of Linux that owns the project')
    .option('--tutor-root <path>', 'what tutor config printroot prints')
    .option('--path <folder>', 'folder with tutor, such as /home/tutor/venv/bin')
    .option('--clickhouse-url <url>', 'ClickHouse over HTTP (default: port 8123 of the instance)')
    .option('--secret-arn <arn>', 'secret with the administrator of ClickHouse')
    .option('--backup-disk <name>', 'disk of ClickHouse for backups')
    .option('--backup-bucket <bucket>', 'bucket for backups, instead: name, or s3://name/folder')
    .action((options: InitAspectsOptions) =>
      set((require('./aspects') as typeof import('./aspects')).initAspects(options, signal)),
    );
}
