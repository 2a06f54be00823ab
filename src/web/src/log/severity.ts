// How bad a line is, by simple tiers; the server does the same for what it read.
import type { Severity } from '../api';

const troubles = /Traceback \(most recent call last\)|CUDA (?:error|out of memory)|\bout of memory\b|oom[-_]kill|\bNCCL (?:error|WARN)|Segmentation fault|\bKilled\b|slurmstepd: error|CANCELLED AT|DUE TO TIME LIMIT|No space left on device|Disk quota exceeded|\bloss[=: ]+-?(?:nan|inf)\b/i;
const named = /\b\w*(?:Error|Exception)\b(?::|$)/;
const errorWord = /(?:^|[\s[(|])(?:ERROR|FATAL|CRITICAL|error:|fatal:)(?=$|[\s\])|:])|\blevel=(?:error|fatal|critical)\b/;
const warningWord = /(?:^|[\s[(|])(?:WARN|WARNING|warning:)(?=$|[\s\])|:])|\w+Warning:|\blevel=warn(?:ing)?\b/;
/** Words that deny it: "0 errors", "no error". */
const denied = /\b(?:0|no|without) errors?\b/i;

export function severity(text: string): Severity {
  // The prefix decides; a line of megabytes must not be looked through for every paint.
  const head = text.length > 1000 ? text.slice(0, 1000) : text;
  if (troubles.test(head)) return 'error';
  if (warningWord.test(head)) return 'warning';
  return (errorWord.test(head) || named.test(head)) && !denied.test(head) ? 'error' : 'none';
}
