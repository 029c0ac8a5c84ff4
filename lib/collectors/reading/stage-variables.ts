// Puts stage variables into what an exported definition names, and reads functions out of it. What the stage lacks is kept apart:
// a placeholder that stays is a fault of its own.
import { parseFunctionArn, type ApiType } from '../../model/api.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Integration } from '../../model/kinds/api.ts';

export interface Reader {
  readonly apiType: ApiType;
  readonly variables: Readonly<Record<string, string>>;
  readonly document: JsonObject;
}

export interface Resolved {
  readonly text: string;
  readonly unresolved?: string;
}
/** Puts stage variables in. `unresolved` is the first one that the stage lacks or leaves empty. */
export function resolved(text: string | undefined, variables: Readonly<Record<string, string>>): Resolved | undefined {
  if (text === undefined) return undefined;
  let unresolved: string | undefined;
  const full = text.replace(/\$\{stageVariables\.([A-Za-z0-9_]{1,64})\}/g, (whole, name: string) => {
    const value = variables[name];
    if (!value) unresolved ??= name;
    return value || whole;
  });
  return { text: full, ...(unresolved === undefined ? {} : { unresolved }) };
}

/** The function out of `…:lambda:path/2015-03-31/functions/{arn}/invocations`, or out of a plain function ARN. */
export function functionIn(uri: string): Integration['function'] {
  const inPath = /\/functions\/(arn:[^/\s]{1,300})\/(?:response-streaming-)?invocations$/.exec(uri)?.[1];
  return parseFunctionArn(inPath ?? uri);
}

export const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
