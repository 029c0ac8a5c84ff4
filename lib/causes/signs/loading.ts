// Whether an error rose while the code was being loaded, before any handler ran: the stack goes through the loader of the runtime or of
// its language. Such an error fails every call, whatever it is about; by its words alone it looks like any slip of the code.
import type { Clue } from '../../model/cause.ts';
import { functionSays } from './clue-lines.ts';
import { mayBeTheCode, otherErrors } from './error-words.ts';

/** Frames of Lambda's Node runtime, of Node's own loader and of Python's import: none of them stands in the stack of a handler that ran. */
const frames = [
  '_loadUserApp (',
  'Object.module.exports.load (/var/runtime/',
  'at Module._compile (',
  'at Module._load (',
  'at ModuleJob.run (',
  '<frozen importlib._bootstrap',
  ', in <module>',
];
const escaped = frames.map((frame) => frame.replace(/[.()]/g, String.raw`\$&`)).join('|');

/** A deprecation's stack goes through the loader too, and fails nothing. */
const harmless = ['Warning'];

/** A frame of the loader, on the error's line or, where a stack was pasted, on one of its own; not one of an error that says more. */
export const loadingFrames: Extract<Clue, { kind: 'line' }> = functionSays(frames, escaped, 'causes.md, lambda-init-failure (Arises)', [
  ...otherErrors,
  ...harmless,
]);

/** The same of a whole event: the error and its stack, as the runtime writes them. */
export const roseWhileLoading = (text: string): boolean =>
  frames.some((frame) => text.includes(frame)) &&
  /Error|Exception/.test(text) &&
  !harmless.some((word) => text.includes(word)) &&
  mayBeTheCode(text);
