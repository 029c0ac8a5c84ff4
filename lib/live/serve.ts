// A stage as a Lambda handler: the event is checked before anything happens, the World is made once a process, the stage does the rest.
import * as v from 'valibot';
import type { Stage } from '../stages/stage.ts';
import { liveWorlds, type LiveWorld } from './world.ts';

/** What of Lambda's context is read. */
export interface Remaining {
  getRemainingTimeInMillis?(): number;
}
export type Handler = (event: unknown, context?: Remaining) => Promise<unknown>;

/** The handler of the duty whose stage this is. Nothing is awaited outside it: a top-level await has no place in a split bundle. */
export function serve(stage: Stage): Handler {
  let ready: Promise<(timeLeftMs: () => number) => LiveWorld> | undefined;
  return async (event, context) => {
    ready ??= liveWorlds(stage.id, process.env);
    const world = await ready;
    // without a context it is no Lambda: a test, or a person at a desk
    return stage.run(
      world(() => context?.getRemainingTimeInMillis?.() ?? Infinity),
      checked(stage, event),
    );
  };
}

/** The event as the stage's schema reads it; throws one error that names the field. */
export function checked(stage: Pick<Stage, 'id' | 'input'>, event: unknown): unknown {
  const read = v.safeParse(stage.input, event);
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new Error(
    `duty ${stage.id} cannot take this event: ${v.getDotPath(issue) ?? 'the event'} ${issue.message.replace(/^Invalid/, 'is invalid')}; see the schema in lib/stages/${stage.id}.ts`,
  );
}
