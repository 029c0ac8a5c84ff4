// Access logs of APIs: which lines are requests that ended with 5xx, and which stage each of them names.
import type { StageRef } from '../model/api.ts';
import type { Subject } from '../model/signal.ts';
import { accessReader, usualReader, type AccessReader } from '../model/access-format.ts';
import type { LogSource } from './shape.ts';
import { Tally, type LogEvent } from './tally.ts';

type StageSubject = Extract<Subject, { by: 'stage' }>;
export interface StageTally {
  readonly subject: StageSubject;
  readonly tally: Tally;
}

const subjectOf = (at: StageRef): StageSubject => ({ by: 'stage', apiType: at.apiType, apiId: at.apiId, stage: at.stage });
const isApiId = (text: string | undefined): text is string => text !== undefined && /^[a-z0-9]{4,20}$/.test(text);
const isStage = (text: string | undefined): text is string => text !== undefined && /^(?:\$default|[A-Za-z0-9_-]{1,128})$/.test(text);

/** Collects failing lines by stage; `unread` counts failing lines that name no stage we can tell. */
export class AccessLines {
  readonly stages = new Map<string, StageTally>();
  unread = 0;
  readonly #known: readonly StageRef[];
  readonly #first: AccessReader;
  readonly #others: readonly AccessReader[];

  constructor(source: LogSource | undefined) {
    const told = source ? [{ at: source.at, format: source.format }, ...(source.also ?? [])] : [];
    this.#known = told.map((t) => t.at);
    const formats = [...new Set(told.flatMap((t) => t.format ?? []))];
    const [first = usualReader, ...others] = formats.flatMap((f) => accessReader(f) ?? []);
    this.#first = first;
    this.#others = first === usualReader ? [] : [...others, usualReader];
  }

  take(event: LogEvent): void {
    const line = event.message;
    const gate = this.#first.gate(line);
    if (gate === 'fine') return;
    if (gate === 'failing' && this.#read(this.#first, event)) return;
    for (const reader of this.#others) if (reader.gate(line) === 'failing' && this.#read(reader, event)) return;
  }

  #read(reader: AccessReader, event: LogEvent): boolean {
    const values = reader.read(event.message);
    return values !== undefined && this.#takeValues(event, values);
  }

  /** Whether the values were those of an access line, failing or not. */
  #takeValues(event: LogEvent, values: ReadonlyMap<string, string>): boolean {
    const status = values.get('status');
    if (status === undefined || !/^\d{3}$/.test(status)) return false;
    if (!status.startsWith('5')) return true;
    const subject = this.#subject(values);
    if (subject)
      this.#tally(subject).failed(
        values.get('requestId') ?? values.get('extendedRequestId') ?? `${event.timestamp}:${event.id ?? ''}`,
        event,
        0,
        true,
      );
    else this.unread++;
    return true;
  }

  #tally(subject: StageSubject): Tally {
    const key = `${subject.apiId}/${subject.stage}`;
    const there = this.stages.get(key);
    if (there) return there.tally;
    const tally = new Tally('access');
    this.stages.set(key, { subject, tally });
    return tally;
  }

  /** The stage the line names, else the only one that writes to this group. */
  #subject(values: ReadonlyMap<string, string>): StageSubject | undefined {
    const apiId = values.get('apiId');
    const stage = values.get('stage');
    const known = this.#known.filter((k) => (apiId === undefined || k.apiId === apiId) && (stage === undefined || k.stage === stage));
    if (known.length === 1 && known[0]) return subjectOf(known[0]);
    if (!isApiId(apiId) || !isStage(stage)) return undefined;
    const apiType = typeOf(values) ?? this.#known.find((k) => k.apiId === apiId)?.apiType;
    return apiType ? { by: 'stage', apiType, apiId, stage } : undefined;
  }
}

/** `routeKey` exists for HTTP and WebSocket APIs, `eventType` and `connectionId` for the latter only, `resourcePath` and `resourceId` for REST (signals.md §6). */
function typeOf(values: ReadonlyMap<string, string>): StageRef['apiType'] | undefined {
  if (values.has('eventType') || values.has('connectionId')) return 'WEBSOCKET';
  if (values.has('routeKey')) return 'HTTP';
  return values.has('resourcePath') || values.has('resourceId') ? 'REST' : undefined;
}
