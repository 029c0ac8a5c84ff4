// Gives a function that is stopped by its own timeout as long as the gateway would wait, less a second. It helps only where the work would
// end by itself; the call that does it could change any field of the function, so two people say yes.
import * as v from 'valibot';
import { functionKey } from '../model/api.ts';
import { fix } from '../model/change.ts';
import { each, err, ok } from '../model/result.ts';
import { refOf, refSchema } from './steps/failing-functions.ts';
import { reconfigure, reconfigureLooksAt, reconfigureSettings } from './steps/reconfigure.ts';

const factsSchema = v.object({
  functions: v.pipe(v.array(v.object({ ref: refSchema, timeoutSeconds: v.number(), gatewayTimeoutMs: v.number() })), v.minLength(1)),
});
/** Below the gateway's own wait: a function that is stopped later only fails as 504, and is paid for (fixes.md §4). */
const marginSeconds = 1;

export default fix<(typeof reconfigureLooksAt)[number], never>({
  id: 'set-function-timeout',
  title: 'Raise the function’s timeout',
  about: {
    changes:
      'Sets the timeout of the function to one second below what the gateway waits. Behind an alias: changes the unpublished code’s configuration, publishes it as a new version and points the alias at it; only where the unpublished code is, by its hash and untouched since, the code in service, and while neither CloudFormation nor CodeDeploy is at work on it. Never beyond the gateway’s own timeout.',
    costs: 'each run that takes longer is paid for as long as it takes',
  },
  treats: ['lambda-timeout'],
  settings: reconfigureSettings,
  risk: 'slow work holds its environment longer, so the function needs more of them at once; all warm environments start anew',
  consent: 'two-person',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: [...reconfigureLooksAt],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which function is stopped, and what the gateway waits' });
    const planned = await each(facts.output.functions, ({ ref, gatewayTimeoutMs }) => {
      const most = Math.floor(gatewayTimeoutMs / 1000) - marginSeconds;
      const one = refOf(ref);
      return reconfigure(input, one, (now) =>
        now.timeoutSeconds >= most
          ? err(
              `${functionKey(one)} may take ${now.timeoutSeconds} s; the gateway waits ${gatewayTimeoutMs / 1000} s, so there is nothing to gain`,
            )
          : ok({ ...now, timeoutSeconds: most }),
      );
    });
    return planned.ok ? ok(planned.value.flat()) : planned;
  },
});
