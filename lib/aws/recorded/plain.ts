// A question or an answer as a recorded case holds it: plain JSON without secrets. JSON has no bytes and no dates: both become text.
import { redactValue } from '../redact.ts';

export const plain = (value: unknown): unknown =>
  redactValue(
    JSON.parse(JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? new TextDecoder().decode(one) : one)) ?? 'null'),
  );
