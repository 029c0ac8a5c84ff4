// An access-log line as the request it tells of: by the stage's own format where that is known, else by the names owners give the fields.
// What tells a backend's own 5xx from one the gateway made stands in four fields (messages.md §8).
import { accessReader } from '../../model/access-format.ts';
import type { LogLine } from '../../model/signal.ts';

/** The fields of a failed request; a field that was `-` or is not in the format is absent. */
export interface AccessRequest {
  readonly status?: number;
  /** Status the backend, or the function's code, answered: `$context.integration.status`. */
  readonly backendStatus?: number;
  /** Status the Lambda service answered: `$context.integration.integrationStatus`. */
  readonly serviceStatus?: number;
  /** `$context.error.responseType`; empty where the format has it and the gateway made no answer of its own. */
  readonly responseType?: string;
  /** `$context.integration.error`; empty where the format has it and there was none. */
  readonly error?: string;
  readonly text: string;
}

type Field = 'status' | 'backendStatus' | 'serviceStatus' | 'responseType' | 'error';

/** `$context` names, without case and punctuation, and what owners call them (signals.md §6, messages.md §8). */
const fieldOf: Readonly<Record<string, Field>> = {
  status: 'status',
  statuscode: 'status',
  httpstatus: 'status',
  responsestatus: 'status',
  integrationstatus: 'backendStatus',
  integrationhttpstatus: 'backendStatus',
  backendstatus: 'backendStatus',
  integrationintegrationstatus: 'serviceStatus',
  errorresponsetype: 'responseType',
  responsetype: 'responseType',
  integrationerror: 'error',
  integrationerrormessage: 'error',
};
/** The old variable `$context.integrationStatus` is the service's status; only the dotted one is the backend's (messages.md §8). */
const contextField: Readonly<Record<string, Field>> = {
  status: 'status',
  'integration.status': 'backendStatus',
  integrationStatus: 'serviceStatus',
  'integration.integrationStatus': 'serviceStatus',
  'error.responseType': 'responseType',
  'integration.error': 'error',
  integrationErrorMessage: 'error',
};

type Fields = Partial<Record<Field, string>>;

/** The failed requests among the lines of an access log. Lines that each hold one field are taken as one request. */
export function failedRequests(lines: readonly LogLine[], format?: string): readonly AccessRequest[] {
  const reader = format === undefined ? undefined : accessReader(format);
  const access = lines.filter((line) => line.log === 'access');
  const read = access.map(({ text }) => {
    const values = reader?.read(text);
    return { text, fields: values ? byContext(format ?? '', values) : byName(text) };
  });
  const whole = read.filter(({ fields }) => fields.status !== undefined);
  const scattered = read.every(({ fields }) => Object.keys(fields).length <= 1);
  const all =
    scattered && read.length > 1
      ? [{ text: whole[0]?.text ?? '', fields: Object.assign({}, ...read.map((r) => r.fields)) as Fields }]
      : whole;
  return all.map(({ text, fields }) => requestOf(text, fields)).filter((r) => (r.status ?? 0) >= 500);
}

/** A value that the line left out was `-`: the field is there, and empty. */
function byContext(format: string, values: ReadonlyMap<string, string>): Fields {
  const had = Object.entries(contextField).filter(([name]) =>
    new RegExp(String.raw`\$context\.${name.replace('.', String.raw`\.`)}(?![\w.])`).test(format),
  );
  return Object.fromEntries(had.map(([name, field]) => [field, values.get(name) ?? '']));
}

/** `"name": "value"` or `"name": 500`, in JSON or in a piece of it. */
const pair = /"([\w.$-]{1,60})"\s{0,4}:\s{0,4}(?:"([^"]{0,400})"|(\d{1,6}))/g;

function byName(text: string): Fields {
  const found: Fields = {};
  for (const [, name = '', quoted, number] of text.matchAll(pair)) {
    const field =
      fieldOf[
        name
          .toLowerCase()
          .replace(/^\$?context\.?/, '')
          .replace(/[^a-z]/g, '')
      ];
    const value = quoted ?? number ?? '';
    if (field && found[field] === undefined) found[field] = value === '-' ? '' : value;
  }
  return found;
}

function requestOf(text: string, fields: Fields): AccessRequest {
  const number = (field: 'status' | 'backendStatus' | 'serviceStatus'): Partial<AccessRequest> =>
    /^\d{3}$/.test(fields[field] ?? '') ? { [field]: Number(fields[field]) } : {};
  return {
    text,
    ...number('status'),
    ...number('backendStatus'),
    ...number('serviceStatus'),
    ...(fields.responseType === undefined ? {} : { responseType: fields.responseType }),
    ...(fields.error === undefined ? {} : { error: fields.error }),
  };
}

/** The backend, or the function's own code, answered 5xx and the gateway passed it on (messages.md §0.6). */
export function passedOn(r: AccessRequest): boolean {
  if ((r.responseType ?? '') !== '' || (r.error ?? '') !== '') return false;
  if (r.backendStatus !== undefined) return r.backendStatus >= 500;
  return r.responseType === '' && r.serviceStatus === 200;
}
