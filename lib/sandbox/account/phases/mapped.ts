// An integration that goes through templates: the request's mapping, the role, the service, the answer's mapping; each can fail, in the
// gateway's words (messages.md §2).
import type { ServedStage } from '../apis.ts';
import type { Fault, Reply } from '../exchange.ts';
import { roleArn, takesJsonForBinary, type MappedAnswer, type MappedIntegration } from '../mapped.ts';
import { assumes, callService, type CalledParts, type ServiceAnswer } from '../service-calls.ts';
import type { Role } from '../roles-and-queues.ts';
import { renderTemplate, TemplateError } from '../velocity.ts';
import { notAllowedOnHttp, notAssumedOnHttp } from './function-role.ts';
import type { Phase } from './phase.ts';

export const mapped = (parts: CalledParts): Phase => ({
  answer({ api, route, body, at }) {
    if (!route?.mapped) return undefined;
    return api.apiType === 'HTTP' ? bySubtype(parts, route.mapped, body, at) : replyOf(parts, api, route.mapped, body, at);
  },
});

const configuration = (name: string, words: string, responseType = 'API_CONFIGURATION_ERROR'): Fault => ({
  name,
  status: 500,
  responseType,
  lines: () => [`Execution failed due to configuration error: ${words}`],
});
const failedBy = (fault: Fault, more: Partial<Reply> = {}): Reply => ({ status: fault.status, fault, ...more });

/** A template's outcome, or nothing where it cannot be run. */
function rendered(template: string | undefined, body: string): string | undefined {
  try {
    return template === undefined ? body : renderTemplate(template, body);
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

const takenForBytes = (api: ServedStage, m: MappedIntegration): boolean =>
  takesJsonForBinary(api) && m.contentHandling !== 'CONVERT_TO_TEXT' && m.template !== undefined;

function replyOf(parts: CalledParts, api: ServedStage, m: MappedIntegration, body: string, at: number): Reply {
  if (takenForBytes(api, m)) return failedBy(configuration('binary', 'Unable to transform request'), { shownBody: '[Binary Data]' });
  const sent = rendered(m.template, body);
  if (sent === undefined) return failedBy(configuration('template', 'Unable to transform request'));
  if (!m.service) return mocked(m, sent);
  const role = parts.services.roles.get(m.role ?? '');
  return role && assumes(role) ? called(parts, m, role, sent, at) : failedBy(notAssumed(parts, m));
}

/** An HTTP API passes a service's answer on; only what the role is not let do is its own failure (messages.md §6, §9). */
function bySubtype(parts: CalledParts, m: MappedIntegration, body: string, at: number): Reply {
  const role = parts.services.roles.get(m.role ?? '');
  const fault = (name: string, says: string): Fault => ({
    name,
    status: 500,
    responseType: 'INTEGRATION_FAILURE',
    lines: () => [],
    says: () => says,
  });
  if (!role || !assumes(role)) return failedBy(fault('role', notAssumedOnHttp));
  const answer = callService(parts, m, role, rendered(m.template, body) ?? '', at);
  return answer.body.includes('AccessDenied')
    ? failedBy(fault('role-permission', notAllowedOnHttp), { integrationMs: answer.ms })
    : { status: answer.status, integrationMs: answer.ms, backendStatus: answer.status };
}

const notAssumed = ({ base }: CalledParts, m: MappedIntegration): Fault =>
  configuration('role', `API Gateway does not have permission to assume the provided role ${roleArn(base, m.role ?? '')}`, 'DEFAULT_5XX');

function mocked(m: MappedIntegration, sent: string): Reply {
  const status = statusIn(sent);
  if (status === undefined)
    return failedBy(configuration('mock', 'Unable to parse statusCode. It should be an integer that is defined in the request template.'));
  return answered(m, { status, body: '', ms: 0 }, {});
}
function statusIn(sent: string): number | undefined {
  try {
    const said: unknown = JSON.parse(sent);
    const status: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'statusCode') : undefined;
    return Number.isInteger(status) ? Number(status) : undefined;
  } catch {
    return undefined;
  }
}

function called(parts: CalledParts, m: MappedIntegration, role: Role, sent: string, at: number): Reply {
  const answer = callService(parts, m, role, sent, at);
  return answered(m, answer, { integrationMs: answer.ms, backendStatus: answer.status, answerBody: answer.body, sentBody: sent });
}

/** The mapping whose pattern takes the whole status, or the default. */
const mappingOf = (m: MappedIntegration, status: number): MappedAnswer | undefined =>
  m.answers.find((a) => a.pattern !== '' && new RegExp(`^(?:${a.pattern})$`).test(String(status))) ??
  m.answers.find((a) => a.pattern === '');

function answered(m: MappedIntegration, answer: ServiceAnswer, more: Partial<Reply>): Reply {
  const mapping = mappingOf(m, answer.status);
  const served = { serviceStatus: answer.status };
  if (!mapping)
    return failedBy(
      {
        ...configuration(
          'no-answer',
          `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${answer.status}`,
        ),
        ...served,
      },
      more,
    );
  if (!m.declares.includes(mapping.statusCode))
    return failedBy(
      { ...configuration('undeclared', `Output mapping refers to an invalid method response: ${mapping.statusCode}`), ...served },
      more,
    );
  if (rendered(mapping.template, answer.body) === undefined)
    return failedBy({ ...configuration('answer-template', 'Unable to transform response'), ...served }, more);
  return { status: Number(mapping.statusCode), ...more };
}
