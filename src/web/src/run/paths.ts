/** The path of a byte of a log, as its permalink is written. Without a generation it is the attempt's newest. */
export const logPath = (run: string, attempt: string, offset: number, generation = '', length = 1): string =>
  `run/${run}/log#a${encodeURIComponent(attempt)}.g${encodeURIComponent(generation)}.b${offset}-${offset + length}`;
