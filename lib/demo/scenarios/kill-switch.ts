// The kill switch is on when a deploy drops the permission: nothing is changed until it is off again.
import { breakage } from '../breakages/find.ts';
import { minute, type Scenario } from './scenario.ts';

const parameter = '/gatemedic/kill-switch';

export default {
  id: 'kill-switch',
  title: 'The kill switch is on, and off again twenty minutes later',
  forMs: 90 * minute,
  play({ account, victim, ...shop }) {
    account.putParameter(parameter, 'on');
    breakage('permission-removed-by-deploy').breakIt({ account, victim, ...shop }, victim);
    account.clock.after(20 * minute, () => account.putParameter(parameter, 'off'));
  },
  ends: {
    silent: {
      cause: ['lambda-permission-missing'],
      certainty: ['confirmed'],
      outcome: ['fixed'],
      fix: 're-add-invoke-permission',
      changes: 1,
      executions: 1,
      messages: 1,
    },
  },
} satisfies Scenario;
