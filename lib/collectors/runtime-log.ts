// On which runtime version environments of a function started: INIT_START lines name its ARN (AWS "Identifying Lambda runtime version
// changes"). Code that prints at the start of a line could forge one, so it only ever says where to go back to, never that something is wrong.
import type { Aws } from '../aws/calls.ts';
import { functionKey, type FunctionRef } from '../model/api.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import { got, missing, type Evidence, type Missing, type Window } from '../model/evidence.ts';
import type { FunctionConfig } from '../model/kinds/function.ts';
import type { RuntimeLog, RuntimeSeen } from '../model/kinds/release.ts';
import { err, ok, type Result } from '../model/result.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { behindTheStage, partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    runtimeLog: RuntimeLog;
  }
}

/** Few functions, few pages: FilterLogEvents allows five a second in some Regions (evidence.md §4). */
const [functionsRead, pagesEach] = [3, 4];
/** Environments live for hours: one that started this long before the window shows the runtime of before. */
const lookBackMs = 2 * 60 * minuteMs;
const startLine =
  /^INIT_START Runtime Version: \S{1,80}\s{1,4}Runtime Version ARN: (arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}::runtime:[0-9a-f]{16,128})\s{0,4}$/;

export default collector({
  kind: 'runtimeLog',
  title: 'Runtime versions the functions started on',
  trust: 'forgeable',
  calls: ['logs:FilterLogEvents'],
  needs: ['deployedApi', 'functionConfig'],
  round: 'suspect',
  maxCalls: functionsRead * pagesEach,
  async read(aws, { have, lines, window }) {
    const behind = behindTheStage(have.deployedApi, (api) => functionsToLookAt(api, lines).slice(0, functionsRead));
    if (!behind.ok) return behind.error;
    const span = { from: window.from - lookBackMs, to: window.to };
    const each = await Promise.all(
      behind.value.map(async ({ key, ref }) => ({ key, read: await startsOf(aws, groupOf(ref, have.functionConfig), span) })),
    );
    const notHere = each.flatMap(({ key, read }) => (read.ok ? [] : [[key, read.error] as const]));
    const had = each.flatMap(({ key, read }) => (read.ok ? [[key, read.value] as const] : []));
    if (had.length === 0 && notHere[0]) return notHere[0][1];
    return got({ functions: Object.fromEntries(had), ...partly(Object.fromEntries(notHere)) }, span, 'forgeable');
  },
});

const groupOf = (ref: FunctionRef, config: Evidence<FunctionConfig>): string =>
  (config.state === 'got' ? config.value.functions[functionKey(ref)]?.logGroup : undefined) ?? `/aws/lambda/${ref.name}`;

async function startsOf(
  aws: Aws<'logs:FilterLogEvents'>,
  logGroupName: string,
  span: Window,
): Promise<Result<readonly RuntimeSeen[], Missing>> {
  const starts: { readonly at: number; readonly arn: string }[] = [];
  let token: string | undefined;
  for (let n = 0; n < pagesEach; n++) {
    const answer = await aws.call('logs:FilterLogEvents', {
      logGroupName,
      startTime: span.from,
      endTime: span.to,
      filterPattern: '"INIT_START Runtime Version"',
      ...(token === undefined ? {} : { nextToken: token }),
    });
    if (!answer.ok)
      return answer.error.kind === 'gone'
        ? err(missing('notEnabled', `the log group ${logGroupName} does not exist`))
        : err(notHad(answer.error));
    starts.push(...(answer.value.events ?? []).flatMap((e) => startIn(e?.timestamp, e?.message)));
    token = answer.value.nextToken;
    if (!token) break;
  }
  return ok(seenIn(starts));
}

function startIn(at: number | undefined, message: unknown): readonly { readonly at: number; readonly arn: string }[] {
  const arn = typeof message === 'string' ? startLine.exec(message.slice(0, 400))?.[1] : undefined;
  return at === undefined || arn === undefined ? [] : [{ at, arn }];
}

function seenIn(starts: readonly { readonly at: number; readonly arn: string }[]): readonly RuntimeSeen[] {
  const arns = [...new Set(starts.map((s) => s.arn))];
  const each = arns.map((arn) => {
    const at = starts.filter((s) => s.arn === arn).map((s) => s.at);
    return { arn, firstAt: Math.min(...at), lastAt: Math.max(...at), starts: at.length };
  });
  return each.sort((a, b) => a.firstAt - b.firstAt);
}
