// The function crashes, and the stage has never been told to log.
import { at, type Fault } from '../fault.ts';

export default {
  fix: 'turn-on-error-logging',
  cause: 'lambda-unhandled-error',
  certainty: 'suspected',
  prepare: (account) => account.setLogging({ apiId: at.apiId, stage: at.stage, executionLogging: undefined }),
  breakIt: (account) => void account.release('orders', { outcome: 'throw' }),
  facts: {},
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' }],
    }),
} satisfies Fault;
