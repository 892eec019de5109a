// Parent of one PostgreSQL server, in a session of its own. It ends the server and removes its
// folder when its standard input closes: that happens when the rehearsal stops it, and just as
// well when the rehearsal is interrupted, crashes or is killed with SIGKILL.
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const { folder, binary, args, user } = JSON.parse(process.argv[2]);
const server = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'], ...user });
// SIGQUIT is PostgreSQL's immediate shutdown: nothing of this cluster is ever started again.
process.stdin.resume().on('close', () => server.kill('SIGQUIT'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => server.kill('SIGQUIT'));
}
const leave = () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.exit();
};
server.on('exit', leave).on('error', leave);
