// Parent of one database server, in a session of its own. It ends the server and removes its folder
// when its standard input closes: that happens when the rehearsal stops it, and just as well when the
// rehearsal is interrupted, crashes or is killed with SIGKILL.
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const { folder, binary, args, user, signal } = JSON.parse(process.argv[2]);
const server = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'], ...user });
// At once and without cleaning up: nothing of this server's data is ever started again.
process.stdin.resume().on('close', () => server.kill(signal));
for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(one, () => server.kill(signal));
}
const leave = () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.exit();
};
server.on('exit', leave).on('error', leave);
