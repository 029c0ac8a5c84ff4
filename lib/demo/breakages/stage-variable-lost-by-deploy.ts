// A deploy writes the stage without the variable that every integration names its alias by.
import type { Breakage } from './breakage.ts';

const name = 'alias';

export default {
  id: 'stage-variable-lost-by-deploy',
  title: 'Stage variable lost by a deploy',
  says: 'a deploy drops the stage variable that names the alias of every integration',
  cause: 'stage-variable-missing',
  prepare: (shop, stage) => {
    shop.account.setVariable({ ...stage, name, value: stage.alias ?? '$LATEST' });
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: `\${stageVariables.${name}}` });
  },
  breakIt: (shop, stage) => shop.account.setVariable({ ...stage, name, by: { kind: 'stack', stack: stage.stack } }),
  mend: (shop, stage) => shop.account.setVariable({ ...stage, name, value: stage.alias ?? '$LATEST' }),
} satisfies Breakage;
