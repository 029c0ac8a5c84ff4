// Doubles the memory of a function that is killed for want of it. The price of its work doubles with it; the call that does it could change
// any field of the function, so two people say yes.
import * as v from 'valibot';
import { functionKey } from '../model/api.ts';
import { fix } from '../model/change.ts';
import { each, err, ok } from '../model/result.ts';
import { refOf, refSchema } from './steps/failing-functions.ts';
import { reconfigure, reconfigureLooksAt, reconfigureSettings } from './steps/reconfigure.ts';

const factsSchema = v.object({ functions: v.pipe(v.array(v.object({ ref: refSchema })), v.minLength(1)) });
/** Lambda's own limit (fixes.md §4); a new account's is lower, and Lambda then refuses. */
const mostMb = 10_240;

export default fix<(typeof reconfigureLooksAt)[number], never>({
  id: 'set-function-memory',
  title: 'Double the function’s memory',
  about: {
    changes:
      'Doubles the memory of the function, up to Lambda’s 10,240 MB. Behind an alias: changes the unpublished code’s configuration, publishes it as a new version and points the alias at it; only where the unpublished code is, by its hash and untouched since, the code in service, and while neither CloudFormation nor CodeDeploy is at work on it.',
    costs: 'a second of work costs twice as much; the question shows both prices',
  },
  treats: ['lambda-out-of-memory'],
  settings: reconfigureSettings,
  risk: 'it costs twice as much while it stands, and a leak only takes longer; all warm environments start anew',
  consent: 'two-person',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: [...reconfigureLooksAt],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which function ran out of memory' });
    const planned = await each(facts.output.functions, ({ ref }) => {
      const one = refOf(ref);
      return reconfigure(input, one, (now) =>
        now.memoryMb >= mostMb
          ? err(`${functionKey(one)} has ${now.memoryMb} MB, which is all that Lambda gives`)
          : ok({ ...now, memoryMb: Math.min(mostMb, 2 * now.memoryMb) }),
      );
    });
    return planned.ok ? ok(planned.value.flat()) : planned;
  },
});
