// A stage as a Lambda handler: the event is checked before anything happens, the World is made once a process, the stage does the rest.
import * as v from 'valibot';
import type { Stage } from '../stages/stage.ts';
import { liveWorlds, type LiveWorld } from './world.ts';

export type Handler = (event: unknown) => Promise<unknown>;

/** The handler of the duty whose stage this is. Nothing is awaited outside it: a top-level await has no place in a split bundle. */
export function serve(stage: Stage): Handler {
  let ready: Promise<() => LiveWorld> | undefined;
  return async (event) => {
    ready ??= liveWorlds(stage.id, process.env);
    const world = await ready;
    return stage.run(world(), checked(stage, event));
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
