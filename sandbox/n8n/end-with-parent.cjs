// Loaded into n8n ahead of its own code: n8n ends when the process that started it is gone, killed ones included.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
