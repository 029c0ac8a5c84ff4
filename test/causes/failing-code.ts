// A stage whose function fails, and what the tests of the causes of failing code ask of it.
import type { Evidence, Gathered } from '../../lib/model/evidence.ts';
import type { FunctionConfig, FunctionFact } from '../../lib/model/kinds/function.ts';
import type { StageRef } from '../../lib/model/api.ts';
import { causes } from '../../lib/causes/index.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, burst, config, evidence, fact, gateway, key, line, log, metrics, now } from './evidence.ts';

export const say = (more: Gathered, place: StageRef = at) => diagnose({ gathered: evidence(more), at: place, lines: [], now });
export const ends = (more: Gathered, place: StageRef = at): string => {
  const d = say(more, place);
  return `${d.certainty} ${d.cause}`;
};
export const verdictOf = (id: string, more: Gathered, place: StageRef = at) => {
  const one = causes.find((c) => c.id === id);
  if (!one) throw new Error(`no cause ${id}`);
  return one.confirm(seen(one, evidence(more)), place);
};
export const factsOf = (id: string, more: Gathered, place: StageRef = at): unknown => {
  const verdict = verdictOf(id, more, place);
  if (verdict.is === 'ruledOut') throw new Error('ruled out');
  return verdict.facts;
};

export const crashing = { functionMetrics: metrics({ [key]: { errors: [0, 100] } }) };
export const half = { functionMetrics: metrics({ [key]: { errors: [0, 50] } }), gatewayMetrics: gateway({ serverErrors: [0, 50] }) };
export const inLog = (...texts: readonly string[]) => ({
  functionLog: log(...texts.map((text, n) => line('function', text, (burst[1] ?? now) + n))),
});
export const configured = (more: Partial<FunctionFact>): { functionConfig: Evidence<FunctionConfig> } => ({
  functionConfig: config({ [key]: fact(more) }),
});

export const noModule = '{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module \'app\'"}';
export const killed = 'RequestId: x Error: Runtime exited with error: signal: killed';
export const ownError = 'ERROR\tInvoke Error \t{"errorType":"TypeError"}';
