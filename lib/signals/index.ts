// The catalogue of signals: what may arrive at intake. Another shape is another file and a line here.
import type { Reading } from '../model/signal.ts';
import { alarmAction, alarmEvent } from './alarm-event.ts';
import { alarmTopic } from './alarm-topic.ts';
import { logBatch } from './log-batch.ts';
import { isObject, readingOf, refused, type Look, type Shape } from './shape.ts';

const shapes: readonly Shape[] = [logBatch, alarmEvent, alarmAction, alarmTopic];

/** Reads any event: signals, or why it is none. Never throws for what stands in the event. */
export async function readEvent(event: unknown, look: Look): Promise<Reading> {
  if (!isObject(event)) return readingOf([], refused('event is no object', event));
  const shape = shapes.find((s) => s.fits(event));
  return shape ? shape.read(event, look) : readingOf([], refused('event is of no shape we know', event));
}
