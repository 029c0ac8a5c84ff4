// Lines of logs as the tests of clues hold them: by cause, those that must make it a suspect and near misses that must not.
import type { LogLine } from '../../lib/model/signal.ts';

export type Line = readonly [LogLine['log'], string];
export type LinesByCause = Readonly<Record<string, { readonly is: readonly Line[]; readonly isNot: readonly Line[] }>>;
