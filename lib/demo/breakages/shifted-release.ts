// CodeDeploy shifts the alias to a release that throws, a part of the traffic at a time.
import { second, type Breakage } from './breakage.ts';

export default {
  id: 'shifted-release',
  title: 'Crashing release, shifted by CodeDeploy',
  says: 'CodeDeploy gives a release that throws a fifth more of the traffic every ten minutes',
  cause: 'lambda-unhandled-error',
  breakIt: ({ account }, { functionName, alias = 'live' }) => {
    account.setWork(functionName, {
      outcome: 'throw',
      ms: 20,
      errorText: "TypeError: Cannot read properties of undefined (reading 'total')",
    });
    const to = account.publishVersion(functionName);
    account.shiftAlias({ application: 'shop', group: functionName, functionName, alias, to, step: 0.2, everyMs: 600 * second });
  },
  mend: ({ account }, { functionName, alias = 'live' }) => account.putAlias(functionName, alias, '1'),
} satisfies Breakage;
