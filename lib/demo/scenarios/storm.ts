// A thousand signals of one stage: every delivery arrives twenty times, as at-least-once delivery may. One execution, one message.
import permissionRemovedByDeploy from './permission-removed-by-deploy.ts';
import type { Scenario } from './scenario.ts';

export default {
  ...permissionRemovedByDeploy,
  id: 'storm',
  title: 'A thousand signals of one stage',
  deliveredTimes: { logs: 20, alarms: 1000 },
  ends: { silent: { ...permissionRemovedByDeploy.ends.silent, signals: 1000 }, undo: permissionRemovedByDeploy.ends.undo },
} satisfies Scenario;
