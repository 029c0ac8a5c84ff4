// Removes a failing canary from its stage, for an owner who wants it gone rather than at nought: a stage with a canary takes no deployment. Its
// deployment stays, so that an undo can attach the same canary again.
import { absent, fix } from '../model/change.ts';
import { err, ok } from '../model/result.ts';
import canary, { type CanaryTarget } from '../settings/canary.ts';
import { failingCanary } from './steps/failing-canary.ts';

export default fix<'deployedApi', never>({
  id: 'remove-canary',
  title: 'Remove the canary from the stage',
  about: {
    changes:
      'Removes the canary from the stage: its share, its variables and its use of the stage’s cache. The deployment it served stays, and the one that the stage itself serves is not touched; the stage can be deployed to again. An undo attaches the same canary anew; where its deployment was deleted since, where the stage serves another deployment by now, or where somebody made another canary, nothing is written and a person is told what stood there. It steps aside where the share or the deployment of the canary is not the one that was seen to fail, and where nothing shows that the canary is what fails. Of this and `shift-canary-to-zero` the one that the owner lists first in `fixes` is asked about.',
    costs: 'nothing',
  },
  treats: ['canary-failing'],
  settings: [canary.id],
  risk: 'callers who already rely on what only the canary serves lose it; an undo needs the canary’s deployment to be there still',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi'],
  async plan(input) {
    const found = await failingCanary(input);
    if (!found.ok) return found;
    const { target, now: from } = found.value;
    if (from.deploymentId === '')
      return err({ reason: 'API Gateway does not say which deployment the canary serves: it could not be put back' });
    const { deployedApi } = input.evidence;
    if (deployedApi.state === 'missing')
      return err({ reason: `which deployment the stage itself serves could not be read: ${deployedApi.detail}` });
    const beside = deployedApi.value.deploymentId;
    if (beside === undefined) return err({ reason: 'which deployment the stage itself serves is not known' });
    const besideIt: CanaryTarget = { ...target, beside };
    return ok([{ setting: canary.id, target: besideIt, from, to: absent }]);
  },
});
