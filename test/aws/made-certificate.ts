// X.509 certificates made on the spot, as DER by hand: a probe's test needs expired ones and ones for other names, and no key may lie in the project.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

type Der = Buffer;
const tagged = (tag: number, ...parts: readonly Der[]): Der => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Der[]): Der => tagged(0x30, ...parts);
const set = (...parts: readonly Der[]): Der => tagged(0x31, ...parts);
const oid = (...bytes: readonly number[]): Der => tagged(0x06, Buffer.from(bytes));
const integer = (n: number): Der => tagged(0x02, Buffer.from([n]));
const bits = (der: Der): Der => tagged(0x03, Buffer.from([0]), der);

/** 1.2.840.10045.4.3.2 ecdsa-with-SHA256, 2.5.4.3 commonName, 2.5.29.17 subjectAltName, 2.5.29.19 basicConstraints. */
const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const named = (name: string): Der => sequence(set(sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(name)))));
const extension = (id: number, value: Der): Der => sequence(oid(0x55, 0x1d, id), tagged(0x04, value));
/** UTCTime, YYMMDDHHMMSSZ. */
const time = (at: Date): Der => tagged(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

interface Made {
  readonly key: string;
  readonly cert: string;
}
const pem = (der: Der): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

interface Ask {
  readonly name: string;
  readonly authority: boolean;
  readonly untilMs: number;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
}
const dayMs = 86_400_000;

function certificate({ name, authority, untilMs, issuer, publicKey, signer }: Ask): string {
  const extensions = authority
    ? [extension(0x13, sequence(tagged(0x01, Buffer.from([0xff]))))]
    : [extension(0x11, sequence(tagged(0x82, Buffer.from(name))))];
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    algorithm,
    named(issuer),
    sequence(time(new Date(untilMs - 10 * dayMs)), time(new Date(untilMs))),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  return pem(sequence(body, algorithm, bits(sign('sha256', body, signer))));
}

/** An authority, and what it signs. */
export function authority() {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'A made-up authority';
  return {
    root: certificate({
      name: issuer,
      authority: true,
      untilMs: Date.now() + 5 * dayMs,
      issuer,
      publicKey: root.publicKey,
      signer: root.privateKey,
    }),
    issue(name: string, untilMs: number): Made {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({ name, authority: false, untilMs, issuer, publicKey, signer: root.privateKey }),
      };
    },
  };
}
