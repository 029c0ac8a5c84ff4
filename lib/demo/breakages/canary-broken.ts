// A canary release names an alias that does not exist: its share of the requests fails, everybody else's goes on.
import type { Breakage } from './breakage.ts';

const name = 'alias';

export default {
  id: 'canary-broken',
  title: 'Canary release broken',
  says: 'a canary takes a fifth of the requests to an alias that does not exist',
  cause: 'canary-failing',
  prepare: (shop, stage) => {
    shop.account.setVariable({ ...stage, name, value: stage.alias ?? '$LATEST' });
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: `\${stageVariables.${name}}` });
  },
  breakIt: (shop, stage) => shop.account.setCanary({ ...stage, canary: { percent: 20, variables: { [name]: 'next' } } }),
  mend: (shop, stage) => shop.account.setCanary(stage),
} satisfies Breakage;
