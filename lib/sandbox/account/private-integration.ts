// A route to a backend behind a VPC link, and how the export writes it.
import type { RouteSpec, ServedStage } from './apis.ts';

export interface PrivateRoute {
  readonly linkId: string;
  readonly balancerArn: string;
  /** HTTP APIs name the listener; REST APIs a host, which sets Host and SNI only. */
  readonly listenerArn: string;
  readonly port: number;
  readonly ms: number;
  /** The gateway speaks TLS with the listener. */
  readonly tls?: boolean;
}

/** The name that a REST integration's address carries. */
export const privateHost = (name: string): string => `${name}.internal`;

export function privateIntegration(api: Pick<ServedStage, 'apiType'>, route: RouteSpec, backend: PrivateRoute, timeoutInMillis: number) {
  const rest = api.apiType === 'REST';
  return {
    type: 'http_proxy',
    httpMethod: route.method,
    uri: rest
      ? `${backend.tls ? 'https' : 'http'}://${privateHost(route.path.split('/')[1] ?? 'backend')}:${backend.port}${route.path}`
      : backend.listenerArn,
    connectionType: 'VPC_LINK',
    connectionId: backend.linkId,
    timeoutInMillis,
    ...(rest ? { passthroughBehavior: 'when_no_match' } : { payloadFormatVersion: '1.0' }),
  };
}
