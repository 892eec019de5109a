// The engine in a process of its own: chdb is ClickHouse as a library. It answers its parent's messages
// `{ id, sql, settings, format }`, several at a time, each in a connection with settings of its own, and
// ends with the parent, however that ends; its folder goes with it.
const { rmSync } = require('node:fs');

const { folder, library } = JSON.parse(process.argv[2]);
const leave = () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  // The engine's own threads would hold the process.
  process.kill(process.pid, 'SIGKILL');
};
// The parent may be gone before the engine is loaded: then the first message to it fails.
process
  .on('disconnect', leave)
  .on('error', leave)
  .on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack}\n`);
    leave();
  });
const { Session } = require(library);
const open = () =>
  new Session(`${folder}/data`, { connectionArgs: [`--config-file=${folder}/config.xml`] });

const quoted = (value) => `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Runs one statement; the connection that stays open keeps the engine itself alive. */
async function run({ sql, settings, database, format }) {
  const session = open();
  try {
    if (database) await session.queryAsync(`use \`${database.replaceAll('`', '')}\``);
    for (const [name, value] of settings) {
      await session.queryAsync(`set ${name.replace(/\W/g, '')} = ${quoted(value)}`);
    }
    const { rowsRead, bytesRead, elapsed, ...result } = await session
      .queryAsync(sql, { format })
      .then((answer) => ({
        text: Buffer.from(answer.bytes()).toString('utf8'),
        rowsRead: answer.rowsRead,
        bytesRead: answer.bytesRead,
        elapsed: answer.elapsed,
      }));
    return { ...result, rows: Number(rowsRead), bytes: Number(bytesRead), seconds: elapsed };
  } finally {
    session.close();
  }
}

const stays = open();
process.on('message', async ({ id, ...statement }) => {
  const answer = await run(statement).catch((error) => ({ error: String(error.message ?? error) }));
  if (process.connected) process.send({ id, ...answer });
});
for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(one, () => {});
process.send({ id: 0, text: stays.path }, (error) => error && leave());
