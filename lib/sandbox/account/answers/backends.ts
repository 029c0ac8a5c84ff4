// What lies outside the account, and certificates: a probe of a backend's address, ACM, client certificates, a test call of a method.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import type { Domain } from '../around.ts';
import { probed } from '../http-backends.ts';
import type { ListenerCertificate } from '../network.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'acm:DescribeCertificate' | 'apigateway:GetClientCertificate' | 'apigateway:TestInvokeMethod' | 'probe:Tls';

export function backendAnswers({ apis, around, base, network }: Parts): Pick<Answers, Names> {
  return {
    'probe:Tls': (input) => ok(probed(apis.all.values(), input, base.clock.now())),
    'acm:DescribeCertificate': (input) => {
      const domain = [...around.domains.values()].find((d) => d.certificateArn === input.CertificateArn);
      if (domain) return ok({ ...meta, Certificate: certificateOf(domain, base.clock.now()) });
      const shown = [...network.balancers.values()].find((b) => b.certificate?.arn === input.CertificateArn)?.certificate;
      if (shown) return ok({ ...meta, Certificate: listenersOwn(shown, base.clock.now()) });
      return fail('gone', 'ResourceNotFoundException', `Could not find certificate ${input.CertificateArn ?? ''}.`);
    },
    'apigateway:TestInvokeMethod': () =>
      fail('refused', 'BadRequestException', 'the sandbox makes no test calls; a request shows the same'),
    'apigateway:GetClientCertificate': ({ clientCertificateId }) => {
      const shown = [...apis.all.values()].flatMap((api) => api.around.clientCertificate ?? []).find((c) => c.id === clientCertificateId);
      return shown
        ? ok({ ...meta, clientCertificateId: shown.id, expirationDate: new Date(shown.expiresAt) })
        : fail('gone', 'NotFoundException', 'Invalid Client Certificate identifier specified');
    },
  };
}

const listenersOwn = ({ arn, names, expiresAt }: ListenerCertificate, now: number) => ({
  CertificateArn: arn,
  DomainName: names[0] ?? '',
  SubjectAlternativeNames: [...names],
  NotAfter: new Date(expiresAt),
  Status: expiresAt <= now ? ('EXPIRED' as const) : ('ISSUED' as const),
});

/** A custom domain's certificate. */
const certificateOf = ({ name, certificateArn, certificateUntil }: Domain, now: number) => ({
  CertificateArn: certificateArn,
  DomainName: name,
  NotAfter: new Date(certificateUntil),
  Status: certificateUntil <= now ? ('EXPIRED' as const) : ('ISSUED' as const),
});
