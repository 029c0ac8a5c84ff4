// Every guard silent in its turn, and every objection of the fixes that may run unasked: made from the catalogues, so that a new one joins by itself.
import { fixes } from '../../../lib/fixes/index.ts';
import { guards } from '../../../lib/guards/index.ts';
import { mutant, type Mutant } from './mutant.ts';

const camel = (id: string): string => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What makes a silent guard no danger by itself: the same is refused elsewhere. */
const twice: Readonly<Record<string, string>> = {
  'suspected-only':
    'a plan is only made of a confirmed cause, which it then names, or to gain evidence, which this guard lets pass (weighing/suited.ts, weighing/plan.ts); an approval never asks this guard',
};

const silent: readonly Mutant[] = guards.map(({ id }) =>
  mutant(`guard ${id} is silent`, 'lib/guards/index.ts', `\n  ${camel(id)},\n`, '\n', twice[id]),
);

const unraised: readonly Mutant[] = fixes.flatMap((f) =>
  Object.keys(f.objections ?? {}).map((objection) =>
    mutant(
      `objection ${objection} of ${f.id} is not raised`,
      'lib/model/change.ts',
      'Fix<K, O> => f;',
      `Fix<K, O> => f.id === '${f.id}' ? { ...f, unasked: (i) => f.unasked(i).filter((o) => o.id !== '${objection}') } : f;`,
    ),
  ),
);

export const ofGuards: readonly Mutant[] = [...silent, ...unraised];
