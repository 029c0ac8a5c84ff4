// CloudWatch Logs filter patterns, as far as Gatemedic and its users write them: plain terms and JSON comparisons.

export type Matcher = (message: string) => boolean;

interface Term {
  readonly kind: 'all' | 'any' | 'none';
  readonly text: string;
}

/** Splits `"a phrase" word ?any -none` by hand: quotes may hold blanks. */
function terms(pattern: string): Term[] {
  const found: Term[] = [];
  for (const m of pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.){0,1024})"|([^\s"]{1,1024}))/g)) {
    const text = m[2] !== undefined ? m[2].replaceAll(/\\(.)/g, '$1') : (m[3] ?? '');
    found.push({ kind: m[1] === '?' ? 'any' : m[1] === '-' ? 'none' : 'all', text });
  }
  return found;
}

/** Terms: all plain ones, none of the excluded, and one of the optional (AWS "Filter pattern syntax": `?` is ignored beside plain terms). */
function termMatcher(pattern: string): Matcher {
  const all = terms(pattern);
  const must = all.filter((t) => t.kind === 'all').map((t) => t.text);
  const any = must.length > 0 ? [] : all.filter((t) => t.kind === 'any').map((t) => t.text);
  const none = all.filter((t) => t.kind === 'none').map((t) => t.text);
  return (message) =>
    must.every((t) => message.includes(t)) &&
    (any.length === 0 || any.some((t) => message.includes(t))) &&
    !none.some((t) => message.includes(t));
}

function field(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);
}

function like(pattern: string, text: string): boolean {
  if (pattern.startsWith('*') && pattern.endsWith('*') && pattern.length > 1) return text.includes(pattern.slice(1, -1));
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern;
}

/** `=` on a quoted value compares text (with `*`), on a number compares numbers; so a status in quotes is no number. */
function compare(seen: unknown, operator: string, wanted: string): boolean {
  const quoted = wanted.startsWith('"');
  const text = quoted ? wanted.slice(1, -1) : wanted;
  if (operator === '=' || operator === '!=') {
    const same =
      quoted || Number.isNaN(Number(text))
        ? (typeof seen === 'string' || typeof seen === 'number') && like(text, String(seen))
        : seen === Number(text);
    return (operator === '=') === same && seen !== undefined;
  }
  if (typeof seen !== 'number') return false;
  const n = Number(text);
  return operator === '>=' ? seen >= n : operator === '<=' ? seen <= n : operator === '>' ? seen > n : seen < n;
}

function comparison(text: string): ((value: unknown) => boolean) | undefined {
  const m = /^\(?\s{0,9}\$\.([A-Za-z0-9_.]{1,128})\s{0,9}(!=|>=|<=|=|>|<)\s{0,9}("[^"]{0,256}"|[^\s()"]{1,128})\s{0,9}\)?$/.exec(
    text.trim(),
  );
  const [path, operator, wanted] = [m?.[1], m?.[2], m?.[3]];
  return path && operator && wanted ? (value) => compare(field(value, path), operator, wanted) : undefined;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined; // a line that is no JSON matches no JSON pattern
  }
}

function jsonMatcher(pattern: string): Matcher | undefined {
  const any = pattern
    .slice(1, -1)
    .split('||')
    .map((part) => part.split('&&').map(comparison));
  if (any.some((all) => all.includes(undefined))) return undefined;
  return (message) => {
    const value = parsed(message);
    return value !== undefined && any.some((all) => all.every((test) => test?.(value) ?? false));
  };
}

/** A filter pattern as a test; undefined when it is of a kind the sandbox does not know. */
export function filterPattern(pattern: string | undefined): Matcher | undefined {
  const text = (pattern ?? '').trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return text.endsWith('}') ? jsonMatcher(text) : undefined;
  return text.startsWith('[') || text.startsWith('%') ? undefined : termMatcher(text);
}
