// The probe at the wire: name, connection, handshake, HEAD. It connects to the very address it looked up, so that a name cannot lead
// elsewhere meanwhile, and to no private address that the owner did not write down.
import { lookup } from 'node:dns/promises';
import { BlockList, connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { TlsFault } from '../../model/kinds/backend.ts';
import type { Allowed, ProbeInput, ProbeOutput } from '../probe.ts';
import type { Sends } from './sends.ts';

/** One connection may take this long; a blocked way lets it hang. */
const connectMs = 4_000;
const answerMs = 4_000;
/** A status line is all that is read. */
const mostBytes = 1_024;

/** Addresses that belong to nobody's public backend: private, loopback, link-local (instance metadata), shared, unspecified, multicast (RFC 6890). */
const inner = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inner.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner.addSubnet(net, bits, 'ipv6');

/** Whether an address is private; an IPv4 address inside IPv6 is taken as what it is. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
  return inner.check(mapped, isIP(mapped) === 6 ? 'ipv6' : 'ipv4');
}

/** An error that the layer above reads as *refused*: HTTP's own number for what the client may not ask. */
const refusal = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ProbeNotAllowed', $metadata: { httpStatusCode: 400 } });

/** `authorities`: PEM of those trusted; Node's own list where not said. */
export function sends(allowed: Allowed, authorities?: string): Sends<'probe'> {
  return { 'probe:Tls': (input) => probe(input, allowed, authorities) };
}

async function probe(input: ProbeInput, allowed: Allowed, authorities: string | undefined): Promise<ProbeOutput> {
  const host = input.Host.toLowerCase();
  const listed = allowed.hosts.map((h) => h.toLowerCase());
  if (!listed.includes(host)) throw refusal(`${host} is not among the hosts that may be probed; list it in probes.hosts`);
  const found = await addressesOf(host);
  if (typeof found === 'string') return { Dns: found };
  const address = found.find((a) => !isPrivate(a) || listed.includes(a));
  if (address === undefined)
    throw refusal(
      `${host} leads to the private address ${found[0] ?? '?'}, which is only probed where it is listed in probes.hosts itself`,
    );
  return { Dns: 'found', ...(await connected(input, address, authorities)) };
}

async function addressesOf(host: string): Promise<readonly string[] | 'unknownName' | 'unanswered'> {
  try {
    return (await lookup(host, { all: true })).map((a) => a.address);
  } catch (error) {
    return codeOf(error) === 'ENOTFOUND' ? 'unknownName' : 'unanswered';
  }
}
const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

type Reached = Omit<ProbeOutput, 'Dns'>;

async function connected(input: ProbeInput, address: string, authorities: string | undefined): Promise<Reached> {
  const servername = input.ServerName ?? input.Host;
  const tcp = connectTcp({ host: address, port: input.Port });
  const opened = await eventOf(tcp, 'connect', connectMs);
  if (opened !== 'open') return { Connect: opened };
  if (!input.Tls) return { Connect: 'open', ...(await headOf(tcp, input)) };
  const sni = isIP(servername) === 0 ? { servername } : {};
  const tls = connectTls({
    socket: tcp,
    ...sni,
    host: servername,
    rejectUnauthorized: false,
    ...(authorities === undefined ? {} : { ca: authorities }),
  });
  const failure = await handshakeOf(tls);
  if (failure !== undefined) {
    tls.destroy();
    return { Connect: 'open', Tls: failure };
  }
  const certificate = certificateOf(tls);
  return { Connect: 'open', Tls: certificate, ...(await headOf(tls, input)) };
}

function eventOf(socket: Socket, name: 'connect', ms: number): Promise<NonNullable<ProbeOutput['Connect']>> {
  return new Promise((resolve) => {
    const end = (answer: NonNullable<ProbeOutput['Connect']>): void => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      // whatever comes later has been judged
      socket.on('error', () => undefined);
      if (answer !== 'open') socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ms, () => end('timedOut'));
    socket.once(name, () => end('open'));
    socket.once('error', (error) =>
      end(codeOf(error) === 'ECONNREFUSED' ? 'refused' : codeOf(error) === 'ECONNRESET' ? 'reset' : 'timedOut'),
    );
  });
}

/** What went wrong in the handshake; undefined when it came about, whatever the certificate is worth. */
function handshakeOf(tls: TLSSocket): Promise<ProbeOutput['Tls'] | undefined> {
  return new Promise((resolve) => {
    tls.setTimeout(connectMs, () => resolve({ Fault: 'handshake', Detail: 'no answer to the handshake' }));
    tls.once('secureConnect', () => resolve(undefined));
    tls.on('error', (error) => {
      const code = codeOf(error);
      resolve({
        Fault: /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(code) ? 'notTls' : 'handshake',
        Detail: `${code} ${error.message}`.slice(0, 200),
      });
    });
    tls.once('close', () => resolve({ Fault: 'handshake', Detail: 'the connection was closed in the handshake' }));
  });
}

/** Node's and OpenSSL's words for what is wrong with a certificate. */
const faults: readonly (readonly [RegExp, TlsFault])[] = [
  [/CERT_HAS_EXPIRED/, 'expired'],
  [/CERT_NOT_YET_VALID/, 'notYetValid'],
  [/ALTNAME|does not match certificate/, 'wrongName'],
  [/SELF_SIGNED|UNABLE_TO_|UNTRUSTED|CERT_CHAIN/, 'untrusted'],
];

function certificateOf(tls: TLSSocket): NonNullable<ProbeOutput['Tls']> {
  const shown: Partial<PeerCertificate> = tls.getPeerCertificate();
  const wrong = tls.authorized ? undefined : String(tls.authorizationError ?? 'handshake');
  const fault = wrong === undefined ? undefined : (faults.find(([words]) => words.test(wrong))?.[1] ?? 'handshake');
  const names = (shown.subjectaltname ?? '').split(', ').flatMap((n) => (n.startsWith('DNS:') ? [n.slice(4)] : []));
  const until = Date.parse(shown.valid_to ?? '');
  return {
    ...(fault === undefined ? {} : { Fault: fault, Detail: (wrong ?? '').slice(0, 200) }),
    ...(names.length > 0 ? { Names: names.slice(0, 20) } : {}),
    ...(Number.isNaN(until) ? {} : { NotAfter: new Date(until) }),
  };
}

/** The status of a HEAD; nothing where the backend does not speak HTTP in time. */
function headOf(socket: Socket, { Host, ServerName, Path }: ProbeInput): Promise<Pick<ProbeOutput, 'Status'>> {
  return new Promise((resolve) => {
    let text = '';
    const end = (): void => {
      const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(text)?.[1];
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(status === undefined ? {} : { Status: Number(status) });
    };
    socket.removeAllListeners('close');
    socket.setTimeout(answerMs, end);
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length >= mostBytes || text.includes('\r\n')) end();
    });
    const line = /^[!-~]{1,2000}$/.test(Path) ? Path : '/';
    socket.write(
      `HEAD ${line} HTTP/1.1\r\nHost: ${ServerName ?? Host}\r\nUser-Agent: gatemedic-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });
}
