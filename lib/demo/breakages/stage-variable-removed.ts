// A person takes away the stage variable that every integration names its alias by: in force at once, no deployment needed.
import { alice, type Breakage } from './breakage.ts';

const name = 'alias';

export default {
  id: 'stage-variable-removed',
  title: 'Stage variable removed',
  says: 'alice removes the stage variable that names the alias of every integration',
  cause: 'stage-variable-missing',
  prepare: (shop, stage) => {
    shop.account.setVariable({ ...stage, name, value: stage.alias ?? '$LATEST' });
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: `\${stageVariables.${name}}` });
  },
  breakIt: (shop, stage) => shop.account.setVariable({ ...stage, name, by: alice }),
  mend: (shop, stage) => shop.account.setVariable({ ...stage, name, value: stage.alias ?? '$LATEST', by: alice }),
} satisfies Breakage;
