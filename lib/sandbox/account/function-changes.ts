// What changes under a function without a release: its data grow, what it calls slows down, AWS updates its runtime; and a deployment that
// shifts an alias while traffic runs.
import type { Parts } from './answers/parts.ts';
import type { ShiftSpec } from './codedeploy.ts';
import type { LambdaFunction, Release, Work } from './functions.ts';

export interface FunctionChanges {
  /** Every release of the function meets this from now on: nobody released anything. */
  setLoad(name: string, change: Partial<Work>): void;
  /** AWS brings out the next version of a runtime: whatever follows updates starts on it. */
  updateRuntime(runtime: string): void;
  /** CodeDeploy begins to shift an alias; answers the deployment's id. */
  shiftAlias(spec: ShiftSpec): string;
}

export function createFunctionChanges({ functions, codeDeploy }: Parts): FunctionChanges {
  const fn = (name: string): LambdaFunction => {
    const found = functions.all.get(name);
    if (!found) throw new Error(`there is no function ${name}; there are ${[...functions.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  /** Environments end with what they ran on. */
  const restart = (one: LambdaFunction, { version }: Release): void => {
    const kept = (one.environments.get(version) ?? []).filter((e) => e.provisionedFor !== undefined);
    one.environments.set(version, kept);
  };
  return {
    setLoad(name, change) {
      const one = fn(name);
      const loaded = (release: Release): Release => ({ ...release, work: { ...release.work, ...change } });
      one.latest = loaded(one.latest);
      for (const [version, release] of one.versions) one.versions.set(version, loaded(release));
    },
    updateRuntime(runtime) {
      const all = [...functions.all.values()];
      const last =
        functions.runtimes.get(runtime) ?? Math.max(1, ...all.filter((f) => f.latest.runtime === runtime).map((f) => f.latest.madeOn));
      functions.runtimes.set(runtime, last + 1);
      for (const one of all)
        for (const release of [one.latest, ...one.versions.values()])
          if (release.runtime === runtime && !one.runtimeManagement.has(release.version)) restart(one, release);
    },
    shiftAlias(spec) {
      const begun = codeDeploy.begin(spec);
      if (!begun.ok) throw new Error(`the sandbox's CodeDeploy refused: ${begun.error.name} ${begun.error.message}`);
      return begun.value.id;
    },
  };
}
