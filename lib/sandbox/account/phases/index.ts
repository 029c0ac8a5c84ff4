// The phases of a request, in the order the gateway takes them: what guards the stage, what stands behind the route, what becomes of the answer.
import type { Asked, Phase, PhaseParts } from './phase.ts';
import type { Reply } from '../exchange.ts';
import { authorizer } from './authorizer.ts';
import { rewritten, stageLimit, webAcl } from './guards.ts';
import { functionRole } from './function-role.ts';
import { httpBackend } from './http.ts';
import { lambdaMethod } from './lambda-method.ts';
import { lambdaProxy } from './lambda.ts';
import { mapped } from './mapped.ts';
import { noRoute } from './no-route.ts';
import { nowhere } from './nowhere.ts';
import { privateBackend } from './private.ts';

const inOrder = (parts: PhaseParts): readonly Phase[] => [
  noRoute(),
  webAcl(parts),
  stageLimit(),
  authorizer(parts),
  nowhere(),
  functionRole(parts),
  lambdaMethod(parts),
  lambdaProxy(parts),
  mapped(parts),
  httpBackend(),
  privateBackend(parts),
  rewritten(),
];

/** Takes a request through all phases. A route that nothing answers for answers 200: a mock. */
export function createPhases(parts: PhaseParts): (asked: Asked) => Reply {
  const phases = inOrder(parts);
  const answers = phases.flatMap((p) => (p.answer ? [p.answer.bind(p)] : []));
  const changes = phases.flatMap((p) => (p.change ? [p.change.bind(p)] : []));
  return (asked) => {
    let reply: Reply | undefined;
    for (const answer of answers) if ((reply = answer(asked))) break;
    return changes.reduce((so, change) => change(asked, so), reply ?? { status: 200 });
  };
}
