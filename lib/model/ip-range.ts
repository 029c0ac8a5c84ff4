// IPv4 ranges as rules and subnets write them. IPv6 and anything else is no range here: it is never said to hold an IPv4 address.

export interface IpRange {
  readonly from: number;
  readonly to: number;
}

/** A range (or one address) as its first and last address; undefined for what is none. */
export function ipRange(range: string): IpRange | undefined {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(range);
  if (!m) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = m.slice(1, 5).map(Number);
  const bits = m[5] === undefined ? 32 : Number(m[5]);
  if ([a, b, c, d].some((n) => n > 255) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const from = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return { from, to: from + size - 1 };
}

export const holds = (outer: IpRange, inner: IpRange): boolean => inner.from >= outer.from && inner.to <= outer.to;

/** Private addresses (RFC 1918), and the shared ones VPCs use too (RFC 6598). */
const private4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap((r) => ipRange(r) ?? []);
/** Whether every address of a range is private: a rule for any other opens to the public. */
export function isPrivate(range: string): boolean {
  const one = ipRange(range);
  return one !== undefined && private4.some((outer) => holds(outer, one));
}
