// Pure checks of deployed mappings: templates that cannot be run, mocks that say no status, answers that fit nothing, binary media types
// that turn text into bytes. Each is true of the deployment whoever calls it; whether this burst is its fault is the causes' matter.
import { listed } from '../../model/advice.ts';
import { nameOf } from '../../model/deployed.ts';
import type { MappingFault, MappingWhat } from '../../model/facts/direct.ts';
import type { DeployedApi, Integration, Route } from '../../model/kinds/api.ts';
import { faultOf } from './vtl.ts';

type Called = Route & { readonly integration: Integration };

const called = (api: DeployedApi): readonly Called[] =>
  api.routes.flatMap((r) => (r.integration ? [{ ...r, integration: r.integration }] : []));
/** Integrations whose requests and answers go through templates; proxies pass everything on. */
export const mappedRoutes = (api: DeployedApi): readonly Called[] => called(api).filter(({ integration: i }) => !i.type.endsWith('_PROXY'));

/** Whether anything is made of a request on its way: else no mapping of it can fail. */
export const hasTemplates = (api: DeployedApi): boolean =>
  mappedRoutes(api).length > 0 || called(api).some(({ integration: i }) => i.requestParameters !== undefined);

/** Faults as sentences: the same one of several routes is said once. */
export function inWords(faults: readonly MappingFault[]): readonly string[] {
  const routes = new Map<string, string[]>();
  for (const { says, route } of faults) routes.set(says, [...(routes.get(says) ?? []), route]);
  return [...routes].map(([says, names]) => `${listed([...new Set(names)].slice(0, 3))}: ${says}`);
}

const fault = (route: Called, what: MappingWhat, always: boolean, says: string): MappingFault => ({
  route: nameOf(route),
  method: route.method,
  path: route.path,
  what,
  says,
  always,
});

/** What a request without a content type counts as (AWS "Method request body mapping"). */
const usual = 'application/json';
/** Templates are cut to this many characters when the definition is read: nothing can be said of the end of a longer one. */
const templateChars = 4096;

/** Request templates that cannot be run, and mocks that name no status. */
export const requestFaults = (api: DeployedApi): readonly MappingFault[] =>
  mappedRoutes(api).flatMap((route) => [...brokenTemplates(route), ...mockStatus(route, api.partial === true)]);

function brokenTemplates(route: Called): readonly MappingFault[] {
  return Object.entries(route.integration.requestTemplates ?? {}).flatMap(([type, template]) => {
    const wrong = syntaxOf(template);
    return wrong === undefined
      ? []
      : [fault(route, 'template-syntax', type === usual, `the request template for ${type} cannot be run: ${wrong}`)];
  });
}
const syntaxOf = (template: string): string | undefined => (template.length >= templateChars ? undefined : faultOf(template));

/** A mock answers with the integer `statusCode` that its template writes (messages.md §2, §9). */
function mockStatus(route: Called, partial: boolean): readonly MappingFault[] {
  const { type, requestTemplates } = route.integration;
  if (type !== 'MOCK') return [];
  const template = requestTemplates?.[usual];
  // a report may leave templates out; of templates for other types only, what callers send decides
  const none = requestTemplates === undefined && !partial ? 'is missing: nothing names a statusCode' : undefined;
  const wrong = template === undefined ? none : wrongStatus(template);
  return wrong === undefined ? [] : [fault(route, 'mock-status', true, `the template of the mock ${wrong}`)];
}
function wrongStatus(template: string): string | undefined {
  const said = /["']?\bstatusCode["']?\s{0,20}:\s{0,20}(\S)/.exec(template)?.[1];
  if (said === undefined) return /[#$]/.test(template) ? undefined : 'names no statusCode';
  return said === '"' || said === "'" ? 'gives its statusCode as text, not as an integer' : undefined;
}

/** Answers that no mapping takes, that the method does not declare, or whose template cannot be run. */
export const answerFaults = (api: DeployedApi): readonly MappingFault[] =>
  mappedRoutes(api).flatMap((route) => [...noDefault(route), ...undeclared(route), ...brokenAnswers(route)]);

function noDefault(route: Called): readonly MappingFault[] {
  const { answers } = route.integration;
  // an export that tells nothing of answers may be a report's fragment: then nothing is said
  if (answers === undefined || answers.some((a) => a.pattern === '' || a.pattern === '.*')) return [];
  const patterns = answers.map((a) => `"${a.pattern}"`).join(', ');
  return [
    fault(
      route,
      answers.length === 0 ? 'no-answer' : 'no-default-answer',
      answers.length === 0 || !answers.some((a) => takes(a.pattern, '200')),
      answers.length === 0
        ? 'no answer of the integration is mapped'
        : `only answers that match ${patterns} are mapped, and there is no default`,
    ),
  ];
}
/** Whether a selection pattern takes a status; only plain ones are read. */
function takes(pattern: string, status: string): boolean {
  if (!/^[\d.|\\{}[\]()\w*+?-]{1,60}$/.test(pattern) || /[*+{].{0,20}[*+{]/.test(pattern)) return true;
  try {
    return new RegExp(`^(?:${pattern})$`).test(status);
  } catch {
    return true;
  }
}

function undeclared(route: Called): readonly MappingFault[] {
  const { declares, integration } = route;
  if (declares === undefined) return [];
  return (integration.answers ?? [])
    .filter((a) => a.statusCode !== '' && !declares.includes(a.statusCode))
    .map(({ pattern, statusCode: status }) => {
      const which = pattern === '' ? 'the default answer' : `the answer for "${pattern}"`;
      const says = `${which} becomes ${status}, which the method does not declare (it declares ${declares.join(', ')})`;
      return { ...fault(route, 'undeclared-status', pattern === '', says), status };
    });
}

function brokenAnswers(route: Called): readonly MappingFault[] {
  return (route.integration.answers ?? []).flatMap((a) =>
    Object.entries(a.templates ?? {}).flatMap(([type, template]) => {
      const wrong = syntaxOf(template);
      return wrong === undefined
        ? []
        : [
            fault(
              route,
              'answer-syntax',
              a.pattern === '' && type === usual,
              `the template of the answer ${a.statusCode} for ${type} cannot be run: ${wrong}`,
            ),
          ];
    }),
  );
}

const everything = '*/*';
const toBinary = 'CONVERT_TO_BINARY';
const textTypes = /^(?:application\/json|text\/[\w.+*-]{1,40})$/i;

/** The binary media type that takes text too; undefined where bodies of text stay text. */
export function swallowsText(api: DeployedApi): string | undefined {
  const binary = binaryTypes(api);
  return binary.includes(everything) ? everything : binary.find((type) => textTypes.test(type));
}
const binaryTypes = (api: DeployedApi): readonly string[] => (api.binaryMediaTypes ?? []).map((type) => type.replaceAll('~1', '/'));

/** Whether a template is there for bodies that really are binary, and nothing makes text of them: what it is to read are bytes. */
export const readsBytes = (api: DeployedApi): boolean => encodingFaults(api).some((f) => f.what === 'binary-request');

/** Binary media types and content handling that keep templates from reading a body, or take text for Base64. */
export function encodingFaults(api: DeployedApi): readonly MappingFault[] {
  const swallowed = swallowsText(api);
  return mappedRoutes(api).flatMap((route) => [
    ...(swallowed === undefined ? bytesInTemplate(route, binaryTypes(api)) : binaryBodies(route, swallowed)),
    ...converted(route, route.integration.contentHandling, 'request'),
    ...(route.integration.answers ?? []).flatMap((a) => converted(route, a.contentHandling, `answer ${a.statusCode}`)),
  ]);
}

const asBytes = (type: string, which: string): string =>
  `with ${type} among the binary media types, ${which} is bytes, which no template can read`;

/** A template for a type that is binary fails on each body of that type, and on no other. */
function bytesInTemplate(route: Called, binary: readonly string[]): readonly MappingFault[] {
  const { contentHandling, requestTemplates } = route.integration;
  const type = contentHandling === undefined ? Object.keys(requestTemplates ?? {}).find((t) => binary.includes(t)) : undefined;
  return type === undefined ? [] : [fault(route, 'binary-request', false, asBytes(type, 'such a body of a request'))];
}

function binaryBodies(route: Called, type: string): readonly MappingFault[] {
  const { integration: i } = route;
  const says = (which: string): string => asBytes(type, which);
  const request = i.contentHandling === undefined && (i.type === 'MOCK' || i.requestTemplates !== undefined);
  const answers = (i.answers ?? []).some((a) => a.contentHandling === undefined && a.templates !== undefined && i.type !== 'MOCK');
  return [
    ...(request ? [fault(route, 'binary-request', type === everything, says('the body of a request'))] : []),
    ...(answers ? [fault(route, 'binary-answer', type === everything, says('the body of an answer'))] : []),
  ];
}

/** Text that is no Base64 cannot be converted; whether a body is, its senders decide. */
const converted = (route: Called, handling: string | undefined, which: string): readonly MappingFault[] =>
  handling === toBinary ? [fault(route, 'converts-text', false, `the ${which} is taken for Base64 (${toBinary}); plain text fails`)] : [];
