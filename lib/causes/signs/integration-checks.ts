// Pure checks of a deployed integration against what stands behind it: faults that make every request of its route fail.
import type { Integration, Route } from '../../model/kinds/api.ts';
import type { StageRef } from '../../model/api.ts';

/** What is wrong with the address or the method of a route's integration. */
export interface RouteFault {
  readonly what: 'lambdaMethod' | 'unmappedParameter' | 'badAddress';
  readonly detail: string;
  readonly parameters?: readonly string[];
}

/** The fault of one deployed route; undefined where there is none that its own configuration shows. What a partial definition leaves out is no fault. */
export function routeFault({ integration }: Route, at: Pick<StageRef, 'apiType'>, partial = false): RouteFault | undefined {
  if (!integration || integration.unresolved !== undefined) return undefined;
  if (integration.function || (integration.type === 'AWS_PROXY' && !integration.service)) return lambdaMethod(integration, at);
  return integration.type === 'HTTP' || integration.type === 'HTTP_PROXY' ? httpAddress(integration, at, partial) : undefined;
}

/** Lambda's Invoke is a POST whatever the caller's method is; any other is refused with 403 (messages.md §2). Of HTTP APIs no source says so. */
function lambdaMethod({ httpMethod }: Integration, at: Pick<StageRef, 'apiType'>): RouteFault | undefined {
  if (at.apiType === 'HTTP' || httpMethod === undefined || httpMethod.toUpperCase() === 'POST') return undefined;
  return { what: 'lambdaMethod', detail: `it calls Lambda with ${httpMethod}, which takes POST only` };
}

/** Path variables that the URI holds and nothing fills. HTTP APIs fill them by themselves (AWS, "HTTP proxy integrations for HTTP APIs"). */
function unmapped({ uri = '', requestParameters }: Integration): readonly string[] {
  const mapped = new Set(Object.keys(requestParameters ?? {}).map((key) => key.replace(/^integration\.request\.path\./, '')));
  return [...uri.matchAll(/\{([\w.-]{1,64})\+?\}/g)].flatMap(([, name = '']) => (mapped.has(name) ? [] : [name]));
}

function httpAddress(integration: Integration, at: Pick<StageRef, 'apiType'>, partial: boolean): RouteFault | undefined {
  const { uri } = integration;
  if (uri === undefined || uri.startsWith('arn:')) return undefined;
  const told = !partial || integration.requestParameters !== undefined;
  const free = at.apiType === 'REST' && told ? unmapped(integration) : [];
  if (free.length > 0)
    return {
      what: 'unmappedParameter',
      detail: `nothing fills {${free.join('}, {')}} of its address ${uri.slice(0, 200)}`,
      parameters: free,
    };
  const bare = uri.replace(/\{[^{}]{0,64}\}/g, 'x');
  // what java.net.URI refuses as an illegal character (messages.md §9)
  const illegal = /[\s"<>\\^`{|}]/.exec(bare)?.[0];
  if (illegal !== undefined) return { what: 'badAddress', detail: `its address ${uri.slice(0, 200)} holds ${JSON.stringify(illegal)}` };
  return URL.canParse(bare) && /^https?:\/\/[^/]/i.test(bare)
    ? undefined
    : { what: 'badAddress', detail: `${uri.slice(0, 200)} is no address` };
}

/** The status a backend's answer becomes (REST, not proxy): the first pattern that fits the whole status, else the default answer. */
export function mappedStatus(integration: Integration, backendStatus: number): string | undefined {
  const fits = integration.answers?.find((a) => a.pattern !== '' && whole(a.pattern, String(backendStatus)));
  return (fits ?? integration.answers?.find((a) => a.pattern === ''))?.statusCode;
}

/** Patterns are the owner's: only the plain ones that people write for statuses are understood, so that none can cost time. */
function whole(pattern: string, status: string): boolean {
  return pattern.split('|').some((part) => {
    const plain = part.replace(/^\(?(.{0,20}?)\)?$/, '$1');
    return /^(?:\d|\\d|\.|\[\d-\d\]|\[\d{1,6}\]|\{\d\}|\+|\*){1,20}$/.test(plain) && new RegExp(`^(?:${plain})$`).test(status);
  });
}
