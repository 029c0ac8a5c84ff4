// Slack refuses every call while a deploy drops the permission: mended all the same, and a person is reached by the topic.
import permissionRemovedByDeploy from './permission-removed-by-deploy.ts';
import type { Scenario } from './scenario.ts';

export default {
  ...permissionRemovedByDeploy,
  id: 'slack-down',
  title: 'Slack is down when a deploy drops the permission',
  slackDown: true,
  ends: {
    silent: {
      cause: ['lambda-permission-missing'],
      certainty: ['confirmed'],
      outcome: ['fixed'],
      fix: 're-add-invoke-permission',
      changes: 1,
      messages: 0,
      toldByTopic: true,
    },
  },
} satisfies Scenario;
