/** Progress for whoever waits; the report itself goes to standard output. */
export const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

/** A part of the report. */
export const report = (text: string): void => void process.stdout.write(`${text}\n`);
