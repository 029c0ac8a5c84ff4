// An access log's format string, read once and turned into a reader of its lines: the gateway fills `$context.…` in place,
// so whatever stands between the literals is the value, be it JSON, CSV, CLF or XML (signals.md §6).

export interface AccessReader {
  /** The gate, by plain substrings: of this format with a 5 where a status begins, of this format without, or of another. */
  gate(line: string): 'failing' | 'fine' | 'other';
  /** The values by variable name; undefined when the line is not of this format. */
  read(line: string): ReadonlyMap<string, string> | undefined;
}

const variable = /\$context\.([A-Za-z][A-Za-z0-9_]{0,60}(?:\.[A-Za-z0-9_]{1,60}){0,4})/g;

interface Template {
  readonly names: readonly string[];
  /** One more than names: before, between and after the values. */
  readonly literals: readonly string[];
}

function templateOf(format: string): Template {
  const names: string[] = [];
  const literals: string[] = [];
  let end = 0;
  for (const found of format.matchAll(variable)) {
    literals.push(format.slice(end, found.index));
    names.push(found[1] ?? '');
    end = found.index + found[0].length;
  }
  literals.push(format.slice(end));
  return { names, literals };
}

/** Reads lines of one format; undefined when the format holds no `$context.status`, without which no line says that it failed. */
export function accessReader(format: string): AccessReader | undefined {
  // API Gateway writes one line an entry: line breaks of the format do not come through.
  const template = templateOf(format.replace(/[\r\n]/g, ''));
  const status = template.names.indexOf('status');
  if (status < 0) return undefined;
  const before = template.literals[status] ?? '';
  return {
    gate: before === '' ? () => 'failing' : statusGate(before),
    read: (line) => values(template, line),
  };
}

/** A literal such as `status":"` tells that a status stands behind it; a comma or a quote tells nothing. */
const tellingLength = 6;

/**
 * The literal before the status may stand in a caller's text too; any 5 behind it lets the line through to be read. What is looked
 * for begins at the literal's first letter: a quote stands everywhere in JSON and makes the search four times slower (measured).
 */
function statusGate(before: string): AccessReader['gate'] {
  const needle = before.slice(Math.max(0, before.search(/[A-Za-z0-9]/)));
  const length = needle.length;
  const without5 = length >= tellingLength ? 'fine' : 'other';
  return (line) => {
    let at = line.indexOf(needle);
    if (at < 0) return 'other';
    for (; at >= 0; at = line.indexOf(needle, at + length)) if (line.charCodeAt(at + length) === 53) return 'failing';
    return without5;
  };
}

/** Longest part of a line that is read: HTTP APIs allow 1 MB an entry, and what matters stands early. */
const mostCharacters = 65_536;

function values(template: Template, whole: string): ReadonlyMap<string, string> | undefined {
  const line = whole.slice(0, mostCharacters);
  const found = new Map<string, string>();
  const beginning = template.literals[0] ?? '';
  if (!line.startsWith(beginning)) return undefined;
  let at = beginning.length;
  for (const [n, name] of template.names.entries()) {
    const literal = template.literals[n + 1] ?? '';
    const last = n === template.names.length - 1;
    const end = literal === '' ? (last ? line.length : at) : line.indexOf(literal, at);
    if (end < 0) return undefined;
    const value = line.slice(at, end);
    if (value !== '-' && value !== '') found.set(name, value);
    at = end + literal.length;
  }
  return found;
}

/** Names owners give `$context.status` and the rest in JSON formats, when nobody told us the format. */
const usualNames: Readonly<Record<string, readonly string[]>> = {
  status: ['status', 'statusCode', 'status_code', 'httpStatus', 'httpStatusCode', 'responseStatus'],
  apiId: ['apiId', 'api_id', 'apiID', 'restApiId', 'httpApiId'],
  stage: ['stage', 'stageName', 'apiStage'],
  requestId: ['requestId', 'request_id', 'reqId', 'extendedRequestId'],
  routeKey: ['routeKey', 'route_key', 'route'],
  resourcePath: ['resourcePath', 'resource_path', 'resourceId', 'resource'],
  connectionId: ['connectionId', 'connection_id'],
};

/** Reads JSON lines by the usual names. The gate: a name that ends in `tatus` or `tatusCode` with a value that begins with 5. */
export const usualReader: AccessReader = {
  gate: (line) => (line.charCodeAt(0) === 123 && hasFailingStatus(line) ? 'failing' : 'other'),
  read: (line) => (line.length > mostCharacters ? undefined : usualValues(line)),
};

function hasFailingStatus(line: string): boolean {
  for (let at = line.indexOf('tatus'); at >= 0; at = line.indexOf('tatus', at + 5)) {
    let n = line.indexOf('"', at + 5);
    if (n < 0 || n - at > 16) continue;
    n++;
    while (n < at + 32 && isBetween(line.charCodeAt(n))) n++;
    if (line.charCodeAt(n) === 53) return true;
  }
  return false;
}
/** Space, quote or colon. */
const isBetween = (code: number): boolean => code === 32 || code === 34 || code === 58;

function usualValues(line: string): ReadonlyMap<string, string> | undefined {
  const fields = parseObject(line);
  if (!fields) return undefined;
  const found = new Map<string, string>();
  for (const [name, usual] of Object.entries(usualNames)) {
    const value = usual.map((u) => fields[u]).find((f) => (typeof f === 'string' && f !== '-' && f !== '') || typeof f === 'number');
    if (typeof value === 'string' || typeof value === 'number') found.set(name, String(value));
  }
  return found;
}

/** A line is somebody's text: what is no JSON is an answer here, not an error. */
function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
