// Holds the end of a run against what the scenario says must come of it. Every difference is one sentence.
import type { Run } from '../run.ts';
import type { Summary } from '../summary.ts';
import type { Expected, Person, Scenario } from './scenario.ts';

function expectedEnd(scenario: Scenario, { person, logs }: { person: Person; logs: boolean }): Expected {
  if (!logs && scenario.withoutLogs) return scenario.withoutLogs;
  return scenario.ends[person] ?? scenario.ends.silent;
}

export function problemsOf(scenario: Scenario, options: { person: Person; logs: boolean }, summary: Summary, run: Run): readonly string[] {
  const expected = expectedEnd(scenario, options);
  const among = (what: keyof Summary & string, wanted: readonly string[] | undefined): string[] =>
    wanted && !wanted.includes(String(summary[what])) ? [`${what} is ${String(summary[what])}, not ${wanted.join(' or ')}`] : [];
  const equal = (what: keyof Summary & string, wanted: string | number | null | undefined): string[] =>
    wanted !== undefined && summary[what] !== wanted ? [`${what} is ${String(summary[what])}, not ${String(wanted)}`] : [];
  return [
    ...among('cause', expected.cause),
    ...among('certainty', expected.certainty),
    ...among('outcome', expected.outcome),
    ...equal('fix', expected.fix),
    ...equal('messagesPosted', expected.messages),
    ...equal('executions', expected.executions),
    ...equal('changes', expected.changes),
    ...seen(expected, run),
  ];
}

function seen(expected: Expected, run: Run): string[] {
  const { topic, machines } = run.installed;
  const heard = run.installed.deliveries();
  const silence = expected.toldByTopic && topic.length === 0 ? ['nobody was told by the topic'] : [];
  const text = JSON.stringify(run.slack.messages);
  const unsaid = expected.says && !expected.says.test(text) ? [`no message says ${String(expected.says)}`] : [];
  const few = expected.signals !== undefined && heard < expected.signals ? [`only ${heard} signals arrived, not ${expected.signals}`] : [];
  const failed = machines.list().filter((d) => d.status !== 'SUCCEEDED');
  return [
    ...silence,
    ...unsaid,
    ...few,
    ...failed.map((d) => `execution ${d.name} ended ${d.status}: ${JSON.stringify(d.outcome ?? null)}`),
  ];
}
