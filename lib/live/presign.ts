// The command line's proof of who a person is: a request to STS, signed with their own credentials and never sent by us. `answer` sends it
// (lib/stages/answering/proof.ts says which it takes) and hears from STS whose signature it is.
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { orderHeader, orderMs, stsHost, whoSigned } from '../model/order.ts';

type Credentials = NonNullable<STSClientConfig['credentials']>;

/** `value` is what the header binds; `at` the instant of signing. */
export async function presigned(region: string, credentials: Credentials, value: string, at: number): Promise<string> {
  const [{ SignatureV4 }, { STSClient }] = await Promise.all([import('@smithy/signature-v4'), import('@aws-sdk/client-sts')]);
  const { sha256 } = new STSClient({ region }).config;
  const host = stsHost(region);
  const request = { method: 'GET', protocol: 'https:', hostname: host, path: '/', query: { ...whoSigned } };
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256 });
  const { query = {} } = await signer.presign(
    { ...request, headers: { host, [orderHeader]: value } },
    { expiresIn: orderMs / 1000, signingDate: new Date(at) },
  );
  const encoded = Object.entries(query).map(([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`);
  return `https://${host}/?${encoded.join('&')}`;
}
