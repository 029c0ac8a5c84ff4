// What the laws need of a fix that changes a function's configuration behind an alias: somebody else's hand on each of its changes, and
// the account without the version that was published and stays.
import type { PublishedTarget } from '../../lib/settings/published-alias.ts';
import type { Fault } from './fault.ts';

interface Snapshot {
  readonly functions: Readonly<Record<string, { readonly versions: readonly string[] }>>;
}

export const reconfigured: Pick<Fault, 'drift' | 'compared'> = {
  drift: async (attempt, { setting, target }) => {
    const { functionName: FunctionName, alias } = target as PublishedTarget;
    if (setting === 'function-configuration')
      return attempt('lambda:UpdateFunctionConfiguration', { FunctionName, Timeout: 7, MemorySize: 640 });
    if (setting === 'published-alias') return attempt('lambda:UpdateAlias', { FunctionName, Name: alias, FunctionVersion: '$LATEST' });
    return undefined;
  },
  compared: (snapshot) => {
    const { functions, ...rest } = snapshot as Snapshot;
    const each = Object.entries(functions).map(([name, one]) => [name, { ...one, versions: 'any' }] as const);
    return { ...rest, functions: Object.fromEntries(each) };
  },
};
