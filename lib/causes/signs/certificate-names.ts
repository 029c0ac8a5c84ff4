// Whether a certificate covers a name: RFC 6125, a star stands for exactly one label, and only for the leftmost.

const labels = (name: string): readonly string[] => name.toLowerCase().replace(/\.$/, '').split('.');

/** Whether one of the certificate's names is this host. */
export const covers = (names: readonly string[], host: string): boolean => {
  const wanted = labels(host);
  return names.some((name) => {
    const has = labels(name);
    return has.length === wanted.length && has.every((label, i) => label === wanted[i] || (i === 0 && label === '*' && has.length > 2));
  });
};
