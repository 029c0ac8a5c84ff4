// What Gatemedic's own resources refuse, as WorldErrors: the SDK has tried before.
import { callError } from '../aws/errors.ts';
import { redactLine } from '../aws/redact.ts';
import { WorldError } from '../world.ts';

/**
 * Sends, and turns what the world refuses into a WorldError; a bug stays as it is. `answers` names the refusals that are an answer:
 * AWS's error name → what it means.
 */
export async function asking<T, A = never>(
  call: string,
  send: () => Promise<T>,
  answers: Readonly<Record<string, A>> = {},
): Promise<T | A> {
  try {
    return await send();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name in answers) return answers[name] as A;
    throw worldError(call, error);
  }
}

function worldError(call: string, error: unknown): unknown {
  // The call's name is only carried; own edges have no row in the table of calls.
  const known = callError('ssm:GetParameter', error);
  if (!known || known.kind === 'refused' || known.kind === 'notRecorded' || known.kind === 'overBudget') return error;
  return new WorldError(known.kind, call, redactLine(`${known.name} ${known.message}`));
}
