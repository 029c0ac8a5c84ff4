// HTTP backends outside the account: how the deployment names them, what a request meets there, what somebody else who connects meets.
import type { ProbeInput, ProbeOutput } from '../../aws/probe.ts';
import type { TlsFault } from '../../model/kinds/backend.ts';
import type { RouteSpec, ServedStage } from './apis.ts';

/** One backend as a route leads to it. */
export interface HttpBackend {
  /** As deployed; path variables as `{name}`. */
  readonly uri?: string;
  readonly ms: number;
  readonly status?: number;
  /** Its port is closed, or its name is not known to DNS. */
  readonly unreachable?: boolean | 'unknownName';
  readonly certificate?: 'good' | Extract<TlsFault, 'expired' | 'wrongName' | 'untrusted'>;
  /** It takes nobody without a client certificate that is valid. */
  readonly asksForCertificate?: boolean;
  /** Paths it has; any where not said. */
  readonly paths?: readonly string[];
  /** REST, not proxy: pattern → status for callers; the empty pattern is the default. */
  readonly answers?: Readonly<Record<string, string>>;
  /** `integration.request.path.x` → `method.request.path.x`. */
  readonly requestParameters?: Readonly<Record<string, string>>;
}

const otherName = 'old.example.net';
const uriOf = (backend: HttpBackend): string => backend.uri ?? 'https://backend.example.com/';

/** The integration as an export writes it. */
export function httpIntegration(api: Pick<ServedStage, 'apiType'>, route: RouteSpec, timeoutInMillis: number): Record<string, unknown> {
  const backend = route.httpBackend ?? { ms: 0 };
  const { answers, requestParameters } = backend;
  return {
    type: answers ? 'http' : 'http_proxy',
    httpMethod: route.method,
    uri: uriOf(backend),
    timeoutInMillis,
    ...(api.apiType === 'REST' ? { passthroughBehavior: 'when_no_match' } : { payloadFormatVersion: '1.0', connectionType: 'INTERNET' }),
    ...(requestParameters ? { requestParameters } : {}),
    ...(answers
      ? { responses: Object.fromEntries(Object.entries(answers).map(([pattern, statusCode]) => [pattern || 'default', { statusCode }])) }
      : {}),
  };
}

/** Path variables of the address that nothing fills; HTTP APIs fill them by themselves. */
export function unfilled(api: Pick<ServedStage, 'apiType'>, backend: HttpBackend): number | undefined {
  if (api.apiType !== 'REST') return undefined;
  const open = [...uriOf(backend).matchAll(/\{([\w-]{1,64})\}/g)].find(
    ([, name]) => backend.requestParameters?.[`integration.request.path.${name}`] === undefined,
  );
  return open?.index;
}

const pathOf = (uri: string): string => {
  const path = /^https?:\/\/[^/]+(\/[^?]*)?/.exec(uri)?.[1];
  return path === undefined || path === '' ? '/' : path;
};
const statusAt = (backend: HttpBackend, path: string): number =>
  backend.paths && !backend.paths.includes(path) ? 404 : (backend.status ?? 200);

/** What the backend answers the gateway. */
export const backendStatus = (backend: HttpBackend): number => statusAt(backend, pathOf(uriOf(backend)).replace(/\{[\w-]{1,64}\}/g, '42'));

/** What callers get of it: a whole status matches a pattern, or the default stands. */
export function answeredStatus(backend: HttpBackend, status: number): number {
  if (!backend.answers) return status;
  const fits = Object.entries(backend.answers).find(([pattern]) => pattern !== '' && new RegExp(`^(?:${pattern})$`).test(String(status)));
  return Number(fits?.[1] ?? backend.answers[''] ?? status);
}

/** API Gateway's words for a handshake that failed: Java's (messages.md §2). */
export function tlsWords(backend: HttpBackend): string | undefined {
  const host = /^https:\/\/([^/:]+)/.exec(uriOf(backend))?.[1];
  if (host === undefined) return undefined;
  switch (backend.certificate ?? 'good') {
    case 'good':
      return undefined;
    case 'wrongName':
      return `Host name '${host}' does not match the certificate subject provided by the peer (CN=${otherName})`;
    case 'untrusted':
      return 'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target';
    case 'expired':
      return 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed';
  }
}

const dayMs = 86_400_000;

/** What somebody meets who connects to this address from outside, of all that the stages lead to. */
export function probed(stages: Iterable<ServedStage>, input: ProbeInput, now: number): ProbeOutput {
  const backend = [...stages]
    .flatMap((api) => api.deployed.flatMap((r) => (r.httpBackend ? [r.httpBackend] : [])))
    .find((b) => uriOf(b).startsWith(`${input.Tls ? 'https' : 'http'}://${input.Host}`));
  if (!backend || backend.unreachable === 'unknownName') return { Dns: 'unknownName' };
  if (backend.unreachable) return { Dns: 'found', Connect: 'refused' };
  const fault = backend.certificate === 'good' ? undefined : backend.certificate;
  const certificate = {
    ...(fault === undefined ? {} : { Fault: fault, Detail: fault }),
    Names: [fault === 'wrongName' ? otherName : input.Host],
    NotAfter: new Date(now + (fault === 'expired' ? -1 : 200) * dayMs),
  };
  return { Dns: 'found', Connect: 'open', ...(input.Tls ? { Tls: certificate } : {}), Status: statusAt(backend, input.Path) };
}
