// The buttons that a message offers, read from its blocks as a person's eyes would.
import type { KeptMessage } from '../sandbox/slack.ts';

export interface Offer {
  readonly ts: string;
  /** `approve`, `dismiss`, `undo`, `keep`. */
  readonly acts: readonly string[];
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export const offers = (messages: readonly KeptMessage[]): readonly Offer[] =>
  messages.map(({ ts, blocks }) => ({
    ts,
    acts: blocks
      .map(fields)
      .flatMap((block) =>
        (Array.isArray(block['elements']) ? (block['elements'] as unknown[]).map(fields) : []).flatMap((e) =>
          typeof e['action_id'] === 'string' ? [e['action_id'].split(/[.:_-]/).at(-1) ?? ''] : [],
        ),
      ),
  }));
