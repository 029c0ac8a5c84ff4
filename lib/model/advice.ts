// Words and commands that advice is made of: a function's name for a shell, and the sentence about what comes next.
import type { Snippet } from './cause.ts';
import type { FunctionRef, StageRef } from './api.ts';

/** Quotes a value for a POSIX shell. */
export const shell = (text: string): string => (/^[\w@%+=:,./-]{1,200}$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
/** `--function-name x [--qualifier y]`. */
export const functionArgs = (ref: FunctionRef): string =>
  `--function-name ${shell(ref.name)}${ref.qualifier ? ` --qualifier ${shell(ref.qualifier)}` : ''} --region ${shell(ref.region)}`;
export const bash = (title: string, ...lines: readonly string[]): Snippet => ({ title, language: 'bash', code: lines.join('\n') });
export const listed = (words: readonly string[]): string =>
  words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
/** `2026-11-20 12:00 UTC`. */
export const utcMinute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
/** "3 routes", "1 route". */
export const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
/** How the command line names a stage: `aws apigateway` for REST, `aws apigatewayv2` for the others. */
export const stageArgs = (at: Pick<StageRef, 'apiType' | 'apiId' | 'stage' | 'region'>): string =>
  `${at.apiType === 'REST' ? '--rest-api-id' : '--api-id'} ${shell(at.apiId)} --stage-name ${shell(at.stage)} --region ${shell(at.region)}`;
