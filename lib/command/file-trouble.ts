// A file that cannot be read or written, in one sentence; whatever else went wrong stays the bug it is.
import { CommandError } from './command-error.ts';

/** Node's error codes. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be opened: permission denied',
  EPERM: 'it may not be opened: not permitted',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

/** To be thrown. */
export function fileTrouble(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | undefined)?.code;
  const says = typeof code === 'string' && Object.hasOwn(words, code) ? words[code] : undefined;
  return says === undefined ? error : new CommandError(`${path}: ${says}`);
}
