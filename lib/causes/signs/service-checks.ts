// Pure checks of deployed service integrations: calls that the service cannot take, whoever makes them. Only what is certain by itself;
// what depends on what a caller sends is left to the log.
import type { InvalidWhat } from '../../model/facts/direct.ts';
import type { Integration } from '../../model/kinds/api.ts';
import type { TargetFact } from '../../model/kinds/direct.ts';
import { isActionName, type ServiceCall } from '../../model/service-call.ts';
import { thing } from './service-numbers.ts';

export interface InvalidCall {
  readonly what: InvalidWhat;
  readonly says: string;
}

/** What is wrong with a call as deployed; `fact` is what its target is, where that was read. */
export function invalidIn(call: ServiceCall, fact: TargetFact | undefined): readonly InvalidCall[] {
  const requests = call.routes.flatMap(({ integration }) => badRequest(call, integration, fact));
  const all = [...badAction(call), ...noTarget(call, fact), ...requests];
  return [...new Map(all.map((i) => [i.says, i])).values()];
}

function badAction({ service, action }: ServiceCall): readonly InvalidCall[] {
  return action === undefined || isActionName(action)
    ? []
    : [{ what: 'unknown-action', says: `"${action.slice(0, 120)}" is no action of ${service}` }];
}

function noTarget({ service, target }: ServiceCall, fact: TargetFact | undefined): readonly InvalidCall[] {
  if (!fact || !target) return [];
  if (!fact.exists) return [{ what: 'no-target', says: `there is no ${thing(service)} of that name (${fact.notFound ?? 'not found'})` }];
  return fact.state === 'DELETING' || fact.state === 'CREATING'
    ? [{ what: 'no-target', says: `${target.name} is in state ${fact.state}` }]
    : [];
}

const usual = 'application/json';
const form = /x-www-form-urlencoded/i;
const one = (what: InvalidWhat, says: string): readonly InvalidCall[] => [{ what, says }];

function badRequest(call: ServiceCall, i: Integration, fact: TargetFact | undefined): readonly InvalidCall[] {
  const template = i.requestTemplates?.[usual];
  // HTTP APIs name each parameter by itself, and refuse to deploy without the required ones
  if (template === undefined || i.type.endsWith('_PROXY')) return [];
  switch (call.service) {
    case 'dynamodb':
      return template.includes('TableName')
        ? keysLeftOut(call, template, fact)
        : one('missing-parameter', 'its template names no "TableName"');
    case 'states':
      return call.action !== 'StartExecution' || template.includes('stateMachineArn')
        ? []
        : one('missing-parameter', 'its template names no "stateMachineArn"');
    case 'sqs':
    case 'sns':
      return query(template, i, fact, call.action);
    default:
      return [];
  }
}

/** An item without its key is refused; an item that is taken whole from the request is the caller's. */
function keysLeftOut({ action, target }: ServiceCall, template: string, fact: TargetFact | undefined): readonly InvalidCall[] {
  if (
    action !== 'PutItem' ||
    /\$input\.(?:json|body)|\$!?\{?input/.test(template.replaceAll(/\$input\.(?:path|params)\([^()]{0,200}\)/g, ''))
  )
    return [];
  const left = (fact?.keys ?? []).filter((key) => !template.includes(`"${key}"`));
  return left.length === 0
    ? []
    : one('missing-parameter', `its item has no "${left.join('", "')}", the key of ${target?.name ?? 'the table'}`);
}

/** SQS and SNS take a form; under the gateway's own content type (JSON) they know no operation of that name (messages.md §9). */
function query(template: string, i: Integration, fact: TargetFact | undefined, action: string | undefined): readonly InvalidCall[] {
  if (!template.includes('Action=')) return [];
  const type = Object.entries(i.requestParameters ?? {}).find(
    ([key]) => key.toLowerCase() === 'integration.request.header.content-type',
  )?.[1];
  if (type === undefined || !form.test(type))
    return one(
      'wrong-content-type',
      `its template writes a form, and its Content-Type is ${type ?? 'not set'} (application/x-www-form-urlencoded is needed)`,
    );
  if (/\bAction=[A-Za-z]{3,60}[ \t]{0,20}\r?\n/.test(template))
    return one('unknown-action', 'a line break follows the value of Action in its template');
  if (fact?.fifo && action?.startsWith('SendMessage') && !template.includes('MessageGroupId'))
    return one('missing-parameter', 'its template names no MessageGroupId, which a FIFO queue needs');
  return [];
}
