// Takes a failing canary's share of the requests to nought: the stage's own deployment serves everybody, and the canary stays as it is, to be
// looked at or set right. The milder of the two: what it leaves standing nobody can delete meanwhile.
import { fix } from '../model/change.ts';
import { ok } from '../model/result.ts';
import canary from '../settings/canary.ts';
import { failingCanary } from './steps/failing-canary.ts';

export default fix<'deployedApi', never>({
  id: 'shift-canary-to-zero',
  title: 'Take the canary’s share of the requests to 0',
  about: {
    changes:
      'Sets the percentage of the requests that the stage’s canary takes to 0. The canary, its deployment and its variables stay. It steps aside where the share or the deployment of the canary is not the one that was seen to fail, and where nothing shows that the canary is what fails. An undo puts the share back while it is still the same canary, and writes nothing over another one.',
    costs: 'nothing',
  },
  treats: ['canary-failing'],
  settings: [canary.id],
  risk: 'callers who already rely on what only the canary serves lose it',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi'],
  async plan(input) {
    const found = await failingCanary(input);
    if (!found.ok) return found;
    const { target, now: from } = found.value;
    return ok([{ setting: canary.id, target, from, to: { ...from, percent: 0 } }]);
  },
});
