// Forgets the answers of a stage's authorizers where requests fail by one that is kept: the function was mended, and the stage does not know.
import * as v from 'valibot';
import { absent, fix } from '../model/change.ts';
import { err, ok } from '../model/result.ts';
import authorizerCache from '../settings/authorizer-cache.ts';

const factsSchema = v.object({ authorizers: v.array(v.object({ name: v.string(), trouble: v.string() })) });

export default fix<'deployedApi' | 'authorizers', never>({
  id: 'flush-authorizer-cache',
  title: 'Forget the authorizer’s kept answers',
  about: {
    changes:
      'Flushes what the stage keeps of its authorizers’ answers (REST and HTTP APIs), where requests fail at an authorizer that keeps answers and was hardly asked meanwhile. It steps aside for every other trouble of an authorizer: a function that goes on answering badly would be asked and fail again.',
    costs: 'nothing; every caller is asked for once more',
  },
  treats: ['authorizer-error'],
  settings: [authorizerCache.id],
  risk: 'every caller is asked for at once, which a slow or throttled authorizer may not bear',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'authorizers'],
  async plan({ at, facts, evidence, read }) {
    const known = v.safeParse(factsSchema, facts);
    if (!known.success || known.output.authorizers.length === 0)
      return err({ reason: 'the diagnosis does not say which authorizer is in trouble' });
    const other = known.output.authorizers.find(({ trouble }) => trouble !== 'kept-answer');
    if (other) return err({ reason: `${other.name} does not fail by an answer that is kept (${other.trouble})` });
    if (at.apiType === 'WEBSOCKET') return err({ reason: 'a WebSocket API keeps no answers of its authorizer' });
    if (evidence.deployedApi.state !== 'got')
      return err({ reason: `what the stage serves could not be read: ${evidence.deployedApi.detail}` });
    const kept = (evidence.deployedApi.value.authorizers ?? []).filter((a) => known.output.authorizers.some((k) => k.name === a.name));
    const ttlSeconds = Math.max(0, ...kept.map((a) => a.ttlSeconds ?? 0));
    if (ttlSeconds === 0) return err({ reason: 'the stage keeps no answers of its authorizers' });
    const { accountId, region, apiType, apiId, stage } = at;
    const target = { accountId, region, apiType, apiId, stage, ttlSeconds };
    const now = await read(authorizerCache.id, target);
    return now.ok ? ok([{ setting: authorizerCache.id, target, from: absent, to: { flushed: true } }]) : now;
  },
});
