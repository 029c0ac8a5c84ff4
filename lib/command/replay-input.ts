// `gatemedic replay --input`: recorded cases, each looked at and weighed as `diagnose` does.
import type { RecordedCase } from '../aws/recorded.ts';
import { exits, type Edges } from './command.ts';
import { eachCase } from './diagnose-input.ts';
import { counted, judgedCase, noneJudged, type Judged, type Summary } from './judged.ts';
import type { Looked } from './look.ts';

export async function replayInput(
  path: string,
  edges: Edges,
  print: (judged: Judged) => Promise<void>,
): Promise<{ sum: Summary; code: number }> {
  let sum = noneJudged;
  const { bad, bugs } = await eachCase(path, edges, async (one: RecordedCase, looked: Looked) => {
    const judged = judgedCase(one.id, looked);
    sum = counted(sum, judged);
    await print(judged);
  });
  return { sum, code: bugs > 0 ? exits.bug : bad > 0 ? exits.wrong : exits.found };
}
