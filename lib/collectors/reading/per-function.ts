// Asks the same question of every function behind a stage, and keeps apart what was answered and what was not.
import type { FunctionRef, StageRef } from '../../model/api.ts';
import { functionArn } from '../../model/api.ts';
import { functionsToLookAt, type DeployedFunction } from '../../model/deployed.ts';
import { missing, type Evidence, type Missing } from '../../model/evidence.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import { err, ok, type Result } from '../../model/result.ts';
import type { LogLine } from '../../model/signal.ts';

/** The functions behind the stage that are looked at; missing, with why, when there is none to look at. */
export function behindTheStage(
  api: Evidence<DeployedApi>,
  pick: (api: DeployedApi) => readonly DeployedFunction[],
): Result<readonly DeployedFunction[], Missing> {
  if (api.state === 'missing') return err(missing(api.why, `which functions stand behind the stage is not known: ${api.detail}`));
  const functions = pick(api.value);
  return functions.length === 0 ? err(missing('empty', 'no Lambda function stands behind the stage')) : ok(functions);
}

export interface Answers<T> {
  readonly had: Readonly<Record<string, T>>;
  readonly notHad: Readonly<Record<string, Missing>>;
}

/** Asks for each function behind the stage; missing only when nothing at all was answered. */
export async function askEach<T>(
  api: Evidence<DeployedApi>,
  lines: readonly LogLine[],
  ask: (f: DeployedFunction) => Promise<Result<T, Missing>>,
): Promise<Result<Answers<T>, Missing>> {
  const behind = behindTheStage(api, (deployed) => functionsToLookAt(deployed, lines));
  if (!behind.ok) return behind;
  const answers = await Promise.all(behind.value.map(async (f) => ({ key: f.key, answer: await ask(f) })));
  const had = Object.fromEntries(answers.flatMap(({ key, answer }) => (answer.ok ? [[key, answer.value]] : [])));
  const notHad = Object.fromEntries(answers.flatMap(({ key, answer }) => (answer.ok ? [] : [[key, answer.error]])));
  const first = Object.values(notHad)[0];
  return Object.keys(had).length === 0 && first ? err(first) : ok({ had, notHad });
}

/** The part of a value that says which functions were not answered for; nothing when all were. */
export const partly = (notHad: Readonly<Record<string, Missing>>): { readonly notHad?: Readonly<Record<string, Missing>> } =>
  Object.keys(notHad).length === 0 ? {} : { notHad };

/** How Lambda calls take a function: by name at home, by ARN in another account. */
export const functionName = (ref: FunctionRef, at: StageRef): string => {
  const { qualifier: _, ...plain } = ref;
  return ref.accountId === at.accountId ? ref.name : functionArn(plain);
};
/** `Qualifier` of a call, left out for the unqualified function. */
export const qualified = (ref: FunctionRef): { readonly Qualifier?: string } =>
  ref.qualifier === undefined ? {} : { Qualifier: ref.qualifier };
/** API Gateway reaches functions of its own Region only (messages.md §9), and so does a call to the regional endpoint. */
export const outOfReach = (ref: FunctionRef, at: StageRef): boolean => ref.region !== at.region;
