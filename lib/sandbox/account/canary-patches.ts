// What UpdateStage may do to a stage's canary. Each field takes `replace` alone, the first of which makes a canary of the stage's own deployment
// that takes nothing; one override, or the whole canary, may be removed. Defaults and words of refusal: LocalStack's tests of canaries, recorded
// from AWS; removing an override: API Gateway guide, "Update a canary release".
import type { ServedStage } from './apis.ts';
import type { Canary } from './deployments.ts';
import type { Patch, Read, Refused } from './stage-patches.ts';

const fields = /^\/canarySettings\/(?:(percentTraffic|deploymentId|useStageCache)|stageVariableOverrides\/(\w{1,64}))$/;

export function canaryStep(api: ServedStage, { op = '', path = '', value = '' }: Patch): Read {
  if (path === '/canarySettings' && op === 'remove' && api.canary) return () => void (api.canary = undefined);
  const [known, field, variable] = fields.exec(path) ?? [];
  if (known === undefined) return noField(op, path);
  if (op === 'add' || (op === 'remove' && variable === undefined)) return { says: `Invalid ${op} operation with path: ${path}` };
  const set = (change: (now: Canary) => Partial<Canary>) => () => {
    const now = api.canary ?? { percent: 0, deploymentId: api.deploymentId, variables: {}, useStageCache: false };
    api.canary = { ...now, ...change(now) };
  };
  if (variable !== undefined) return overrideStep(api, variable, { op, path, value }, set);
  if (field === 'useStageCache') return set(() => ({ useStageCache: value === 'true' }));
  if (field === 'deploymentId')
    return api.deployments.some((d) => d.id === value) ? set(() => ({ deploymentId: value })) : { says: 'Deployment id does not exist' };
  const percent = Number(value);
  return value !== '' && percent >= 0 && percent <= 100
    ? set(() => ({ percent }))
    : { says: 'Percent traffic must be between 0.0 and 100.0' };
}

const noField = (op: string, path: string): Refused => ({
  says:
    op === 'replace'
      ? `Invalid method setting path: ${path}`
      : `Cannot ${op} method setting ${path.slice(1)} because there is no method setting for this method `,
});

type Set = (change: (now: Canary) => Partial<Canary>) => () => void;

function overrideStep(api: ServedStage, name: string, { op, path, value }: Required<Patch>, set: Set): Read {
  if (op !== 'remove') return set(({ variables }) => ({ variables: { ...variables, [name]: value ?? '' } }));
  if (!api.canary || !(name in api.canary.variables)) return noField(op, path ?? '');
  return set(({ variables: { [name]: _old, ...others } }) => ({ variables: others }));
}
