// What people are asked to do, in the words and settings of Open edX; what is to be copied is a line of its
// own. Pure.

import type { CopyTable } from '../../copy-chunks/payload';

const PYTHON = 'sudo -E -u edxapp /edx/app/edxapp/venvs/edxapp/bin/python';
const MANAGE = '/edx/app/edxapp/edx-platform/manage.py';

/** The migrations of Studio and LMS for both databases; Django's admin makes no table. */
export const MIGRATION_COMMANDS: readonly string[] = ['cms', 'lms'].flatMap((service) =>
  ['default', 'student_module_history'].map(
    (database) =>
      `${PYTHON} ${MANAGE} ${service} migrate --database=${database} --noinput --settings=production`,
  ),
);

/** The alias of the new database in `lms.yml` and `studio.yml`. */
const alias = ({ database, host, port }: CopyTable, user: string) => ({
  DATABASES: {
    student_module_history: {
      ENGINE: 'django.db.backends.mysql',
      NAME: database,
      USER: user,
      PASSWORD: `the password of ${user}`,
      HOST: host,
      PORT: String(port),
      OPTIONS: { isolation_level: 'read committed' },
      CONN_MAX_AGE: 0,
    },
  },
});

/** The question of gate `migrations`. */
export function migrations(target: CopyTable, migrateUser: string, sql: readonly string[]): string {
  const admin = `As an administrator of ${target.host}:${target.port} run:`;
  const first = sql.length > 0 ? [admin, ...sql.map((one) => `${one};`)] : [];
  return [
    ...first,
    `${first.length > 0 ? 'Then add' : 'Add'} to lms.yml and studio.yml, with ENABLE_CSMH_EXTENDED true for the commands below only:`,
    JSON.stringify(alias(target, migrateUser)),
    'Run, one after the other (releases before 2020: --settings=aws_migrate):',
    ...MIGRATION_COMMANDS,
    `Do not deploy ENABLE_CSMH_EXTENDED yet. Approve when they have ended: table ${target.database}.${target.table} is then looked at`,
  ].join('\n');
}

/** What the question of gate `switch-writes` is about. */
export interface SwitchWrites {
  readonly source: Pick<CopyTable, 'database' | 'table'>;
  readonly target: CopyTable;
  readonly runtimeUser: string;
  /** The first id of new rows. */
  readonly cut: string;
  /** Largest id of the old table now; null: it is empty. */
  readonly maxId: string | null;
  /** Instant at which the old table comes to the cut, at the measured rate; null: not to be expected. */
  readonly until: string | null;
}

/** The question of gate `switch-writes`. */
export function switchWrites(about: SwitchWrites): string {
  const { source, target, runtimeUser, cut, maxId, until } = about;
  const features = {
    FEATURES: {
      ENABLE_CSMH_EXTENDED: true,
      ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES: true,
    },
  };
  return [
    'Deploy to LMS, Studio and all workers, in lms.yml and studio.yml:',
    JSON.stringify({ ...features, ...alias(target, runtimeUser) }),
    'End every process that was started before. From then on new history is written to ' +
      `${target.database}.${target.table} only, with ids from ${cut} on; staff see old and new rows. There is no setting READ_ONLY_FROM_CSMHE.`,
    `This holds as long as ids of ${source.database}.${source.table} are below ${cut}. The last one is ${maxId ?? 'none'} now` +
      `${until ? `, and comes to ${cut} about ${until} at the measured rate: do not deploy later` : ''}.`,
    `Right before you deploy ask ${target.host}:${target.port}: select auto_increment from information_schema.tables where ` +
      `table_schema = '${target.database}' and table_name = '${target.table}' (first, since MySQL 8: set session information_schema_stats_expiry = 0). ` +
      `InnoDB before MySQL 8.0, and Aurora MySQL 2, forget it when they are restarted or fail over. Is it below ${cut}, do not deploy: refuse, and redrive, which sets it again.`,
    'Approve when it is deployed: that the old table rests and the new one grows is then proven by their rows',
  ].join('\n');
}
