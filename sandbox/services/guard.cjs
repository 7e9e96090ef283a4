// Runs a server and ends it when the process that wanted it is gone, killed ones included.
//
//   guard.cjs <JSON: { command, arguments, user, endWith }>
const { spawn } = require('node:child_process');

const END_WITHIN_MS = 10_000;

const { command, arguments: serverArguments, user, endWith } = JSON.parse(process.argv[2]);
const server = spawn(command, serverArguments, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });

const end = () => {
	server.kill(endWith);
	setTimeout(() => server.kill('SIGKILL'), END_WITHIN_MS).unref();
};
process.on('disconnect', end);
process.on('SIGTERM', end);
server.on('error', ({ message }) => {
	process.stderr.write(`${message}\n`);
	process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));
