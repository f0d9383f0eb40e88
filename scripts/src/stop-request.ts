/** Resolves when this command is to end: Ctrl-C, SIGTERM, or the process that started it is gone. */
export function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    if (process.send) process.once('disconnect', () => resolve('the process that started it is gone'));
  });
}
