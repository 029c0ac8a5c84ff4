// A CloudWatch Logs subscription's batch (signals.md §4): unpacked within bounds, each line looked at by plain substrings first.
import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../model/result.ts';
import type { Reading, SetAside, Signal, Subject } from '../model/signal.ts';
import { AccessLines } from './access-lines.ts';
import { takeExecutionLine } from './execution-lines.ts';
import { isOwnGroup } from './own.ts';
import { ignored, isObject, readingOf, refused, shape, type Look } from './shape.ts';
import { isLogEvent, Tally, type LogEvent } from './tally.ts';

/** Lambda takes 6 MB a payload; log batches unpack about ten- to twentyfold. Above this a batch is no batch but a bomb. */
const most = { packedCharacters: 8_000_000, unpackedBytes: 64_000_000, badEvents: 10 };

interface Batch {
  readonly messageType: unknown;
  readonly owner: unknown;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly unknown[];
}

/** base64 → gunzip → JSON, within bounds; what is broken is an answer, not an error. */
function unpack(data: string): Result<unknown, string> {
  if (data.length > most.packedCharacters)
    return err(`log batch of ${data.length} characters; a Lambda payload holds at most ${most.packedCharacters}`);
  try {
    return ok(JSON.parse(gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: most.unpackedBytes }).toString('utf8')));
  } catch (error) {
    return err(`log batch cannot be unpacked: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}`);
  }
}

function batchOf(value: unknown): Batch | undefined {
  if (!isObject(value) || typeof value['logGroup'] !== 'string' || !Array.isArray(value['logEvents'])) return undefined;
  const { messageType, owner, logGroup, logStream, logEvents } = value;
  return { messageType, owner, logGroup, logStream: typeof logStream === 'string' ? logStream : '', logEvents };
}

/** The stage of an execution-log group, by its name (signals.md §5: underscore, not a slash). */
function stageOfExecutionGroup(logGroup: string): Extract<Subject, { by: 'stage' }> | undefined {
  const found = /^API-Gateway-Execution-Logs_([a-z0-9]{4,20})\/([A-Za-z0-9_-]{1,128})$/.exec(logGroup);
  return found?.[1] && found[2] ? { by: 'stage', apiType: 'REST', apiId: found[1], stage: found[2] } : undefined;
}

/** `/aws/apigateway/{apiId}/{stage}` (signals.md §5): owners give access logs such names too, so the lines must open with a request id. */
function webSocketStage(batch: Batch): Extract<Subject, { by: 'stage' }> | undefined {
  const found = /^\/aws\/apigateway\/([a-z0-9]{4,20})\/([A-Za-z0-9_-]{1,128})$/.exec(batch.logGroup);
  const first = batch.logEvents.find(isLogEvent);
  return found?.[1] && found[2] && first && /^\([\w=-]{1,64}\) /.test(first.message.slice(0, 70))
    ? { by: 'stage', apiType: 'WEBSOCKET', apiId: found[1], stage: found[2] }
    : undefined;
}

/** The stage of a group that the reconciler noted as an execution log, or that is one by its name. */
async function executionStage(batch: Batch, look: Look): Promise<Extract<Subject, { by: 'stage' }> | undefined> {
  const byName = stageOfExecutionGroup(batch.logGroup);
  if (byName || !batch.logGroup.startsWith('/aws/apigateway/')) return byName;
  const noted = await look.source(batch.logGroup);
  if (!noted) return webSocketStage(batch);
  const { apiType, apiId, stage } = noted.at;
  return noted.kind === 'execution' ? { by: 'stage', apiType, apiId, stage } : undefined;
}

/** The same for a redelivery of the same batch: what it holds first, and how much. */
function keyOf(batch: Batch): string {
  const first = batch.logEvents.find(isLogEvent);
  return `log:${batch.logGroup}:${batch.logStream}:${first?.id ?? first?.timestamp ?? 0}:${batch.logEvents.length}`;
}

function signalOf(batch: Batch, subject: Subject, tally: Tally): Signal {
  return { key: keyOf(batch), from: 'log', state: 'bad', subject, ...tally.sum(), source: batch.logGroup };
}

/** Runs `take` on each good line; bad ones are put aside one by one, beyond ten of them by their number. */
function eachLine(batch: Batch, take: (event: LogEvent) => void): readonly SetAside[] {
  const aside: SetAside[] = [];
  let bad = 0;
  for (const event of batch.logEvents) {
    if (isLogEvent(event)) take(event);
    else if (++bad <= most.badEvents)
      aside.push(refused(`log event of ${batch.logGroup.slice(0, 200)} has no message or no timestamp`, event));
  }
  if (bad > most.badEvents)
    aside.push(
      refused(`${bad - most.badEvents} more log events of ${batch.logGroup.slice(0, 200)} have no message or no timestamp`, {
        count: bad - most.badEvents,
      }),
    );
  return aside;
}

function readExecution(batch: Batch, subject: Subject): Reading {
  const tally = new Tally('execution');
  const aside = eachLine(batch, (event) => takeExecutionLine(event, tally));
  return tally.empty
    ? readingOf([], ...aside, ignored('no line of the batch says that a request failed'))
    : readingOf([signalOf(batch, subject, tally)], ...aside);
}

async function readAccess(batch: Batch, look: Look): Promise<Reading> {
  const lines = new AccessLines(await look.source(batch.logGroup));
  const aside = [...eachLine(batch, (event) => lines.take(event))];
  const where = batch.logGroup.slice(0, 200);
  if (lines.unread > 0)
    aside.push(
      refused(`${lines.unread} failing access-log lines of ${where} name no stage; let the format hold $context.apiId and $context.stage`, {
        logGroup: where,
        lines: lines.unread,
      }),
    );
  const signals = [...lines.stages.values()].map(({ subject, tally }) => signalOf(batch, subject, tally));
  return readingOf(signals, ...aside, ...(signals.length > 0 ? [] : [ignored('no line of the batch is a request that ended with 5xx')]));
}

async function readBatch(batch: Batch, look: Look): Promise<Reading> {
  if (batch.messageType !== 'DATA_MESSAGE') return readingOf([], ignored('control message: CloudWatch Logs asks whether we are there'));
  if (isOwnGroup(batch.logGroup)) return readingOf([], ignored(`log group ${batch.logGroup.slice(0, 200)} is Gatemedic's own`));
  if (batch.owner !== look.here.accountId)
    return readingOf(
      [],
      refused(`log batch is of account ${String(batch.owner).slice(0, 40)}; this installation watches ${look.here.accountId}`, {
        logGroup: batch.logGroup,
      }),
    );
  const subject = await executionStage(batch, look);
  return subject ? readExecution(batch, subject) : readAccess(batch, look);
}

export const logBatch = shape({
  id: 'log-batch',
  title: 'CloudWatch Logs subscription: execution logs of REST and WebSocket APIs, access logs of all',
  fits: (event) => 'awslogs' in event,
  async read(event, look) {
    const awslogs = event['awslogs'];
    const data = isObject(awslogs) ? awslogs['data'] : undefined;
    if (typeof data !== 'string') return readingOf([], refused('log batch has no data', event));
    const unpacked = unpack(data);
    if (!unpacked.ok) return readingOf([], refused(unpacked.error, event));
    const batch = batchOf(unpacked.value);
    return batch ? readBatch(batch, look) : readingOf([], refused('log batch has no logGroup or no logEvents', unpacked.value));
  },
});
