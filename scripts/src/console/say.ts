const isTerminal = process.stdout.isTTY === true;
const paint = (code: number) => (text: string) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Text styles; plain where the output is no terminal. */
export const style = {
  bold: paint(1),
  dim: paint(2),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  cyan: paint(36),
};

/** A line for the person at the terminal. */
export const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** A step that is done, with how long it took. */
export const sayDone = (what: string, elapsedMs?: number): void =>
  say(`${style.green('✓')} ${what}${elapsedMs === undefined ? '' : style.dim(` ${(elapsedMs / 1000).toFixed(1)} s`)}`);

/** Something the person should know but need not act on. */
export const sayWarning = (what: string): void => say(`${style.yellow('!')} ${what}`);

/** What went wrong and what to do about it. */
export const sayError = (what: string): void => {
  process.stderr.write(`${style.red('✗')} ${what}\n`);
};
