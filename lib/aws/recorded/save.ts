// Writes a look at a live account as a recorded case: every call with its answer, redacted once more, since such a file is shown to
// others. Read back, the same collectors ask the same questions and come to the same diagnosis.
import type { StageRef } from '../../model/api.ts';
import type { LogLine } from '../../model/signal.ts';
import type { Answer, CallName } from '../calls.ts';
import { cutLine, redactError, redactText } from '../redact.ts';
import type { RecordedAnswer, RecordedCase } from './case.ts';
import { plain } from './plain.ts';

export interface Asked {
  readonly name: CallName;
  readonly input: unknown;
  readonly answer: Answer<CallName>;
}
export interface SavedCase {
  readonly id: string;
  readonly at: StageRef;
  readonly window: { readonly from: number; readonly to: number };
  readonly now: number;
  readonly lines: readonly LogLine[];
  readonly firstFailureAt?: number | undefined;
  readonly lastFailureAt?: number | undefined;
  readonly probes?: { readonly hosts: readonly string[]; readonly methods: readonly string[] } | undefined;
  readonly calls: readonly Asked[];
}

/** The case as JSON text, which `readCase` reads. */
export function writeCase(look: SavedCase): string {
  const { id, at, window, now, lines, firstFailureAt, lastFailureAt, probes } = look;
  const answers = once(look.calls.map(answerOf));
  const one: RecordedCase = {
    id,
    apiType: at.apiType,
    logs: [],
    metrics: [],
    answers: [...answers],
    saved: {
      at: { ...at },
      now,
      window: { ...window },
      lines: lines.map((line) => ({ ...line, text: cutLine(redactText(line.text)) })),
      ...(firstFailureAt === undefined ? {} : { firstFailureAt }),
      ...(lastFailureAt === undefined ? {} : { lastFailureAt }),
      ...(probes === undefined ? {} : { probes: { hosts: [...probes.hosts], methods: [...probes.methods] } }),
    },
  };
  return JSON.stringify(one);
}

function answerOf({ name, input, answer }: Asked): RecordedAnswer {
  const asked = { call: name, input: plain(input) };
  if (answer.ok) return { ...asked, output: plain(answer.value) };
  const { kind, name: error, message } = redactError(answer.error);
  return { ...asked, error, errorKind: kind, message };
}

/** The same question twice has one answer: the first, as the collectors heard it. */
function once(answers: readonly RecordedAnswer[]): readonly RecordedAnswer[] {
  const byQuestion = new Map<string, RecordedAnswer>();
  for (const answer of answers) {
    const key = `${answer.call} ${JSON.stringify(answer.input)}`;
    if (!byQuestion.has(key)) byQuestion.set(key, answer);
  }
  return [...byQuestion.values()];
}
