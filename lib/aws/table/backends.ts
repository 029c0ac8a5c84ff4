// Rows about what stands behind a stage over HTTP: certificates, and the two calls that act. Those reach only what the owner listed.
import type { CallName, CallRow } from '../calls.ts';
import { arn, rest, some } from './gateway-paths.ts';

export type BackendCall = Extract<
  CallName,
  'acm:DescribeCertificate' | 'apigateway:GetClientCertificate' | 'apigateway:TestInvokeMethod' | 'probe:Tls'
>;
type Rows = { readonly [N in BackendCall]: CallRow<N> };

/** The verbs of `GET /orders` and the like. */
const verbs = (methods: readonly string[]): readonly string[] => [...new Set(methods.map((m) => m.split(' ', 1)[0] ?? ''))];

export const backendRows: Rows = {
  'acm:DescribeCertificate': {
    iam: ['acm:DescribeCertificate'],
    effect: 'read',
    why: 'Reads until when a certificate on the way to a backend, or of a custom domain, is valid, and for which names.',
    wide: 'Which certificate a listener or a domain shows is only known at run time: every certificate of the account and Region can be described. A description holds no key.',
    resource: (input, here) => [input.CertificateArn ?? `arn:aws:acm:${here.region}:${here.accountId}:certificate/*`],
    grants: (scope) => [{ resources: [`arn:aws:acm:${scope.region}:${scope.accountId}:certificate/*`] }],
  },
  'apigateway:GetClientCertificate': {
    iam: ['apigateway:GET'],
    effect: 'read',
    why: 'Reads until when the certificate that a stage shows to its backends is valid.',
    wide: 'Which certificate a stage shows is only known at run time: every client certificate of the account and Region can be read. The answer holds no private key.',
    resource: (input, here) => [arn(here, `/clientcertificates/${input.clientCertificateId}`)],
    grants: (scope) => [{ resources: [arn(scope, '/clientcertificates/*')] }],
  },
  'apigateway:TestInvokeMethod': {
    iam: ['apigateway:POST'],
    effect: 'read',
    why: 'Calls a method that the owner listed for tests, and reads what the gateway says of it; it reaches the real backend.',
    wide: 'A resource’s id is only known at run time: the statement covers the listed verbs of the listed APIs, and Gatemedic itself holds to the listed paths. No statement at all where no method is listed.',
    resource: (input, here) => [arn(here, `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`)],
    grants: (scope) =>
      some(verbs(scope.probes?.methods ?? []).flatMap((verb) => rest(scope, (id) => `/restapis/${id}/resources/*/methods/${verb}`))),
  },
  'probe:Tls': {
    iam: [],
    effect: 'read',
    why: 'Connects to a backend’s address that the owner listed, as far as a HEAD request, to see name, port, certificate and status.',
    wide: 'It is no call of AWS and needs no permission; Gatemedic itself refuses every host that is not listed, and private addresses unless they are listed themselves.',
    resource: () => [],
    grants: () => [],
  },
};
