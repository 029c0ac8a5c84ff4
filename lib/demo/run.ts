// One run of the sandbox: a clock, an account with a shop in it, Gatemedic installed from its template, a Slack with people.
import { createAccount, type Account } from '../sandbox/account/index.ts';
import { SimulatedClock } from '../sandbox/clock.ts';
import { createSlack, type SandboxSlack, type SlackEvent } from '../sandbox/slack.ts';
import { createReceiver } from '../slack/receiver.ts';
import { click as clickSchema } from '../stages/stage.ts';
import type { AccessKey } from '../sandbox/sts.ts';
import type { HistoryEvent } from '../workflow/interpreter.ts';
import type { ResolvedTemplate } from '../workflow/template.ts';
import { installGatemedic, type Installed } from './installed.ts';
import type { Observed } from './observer.ts';
import { backendHost } from './http-stage.ts';
import { openShop, shopStages, type Shop } from './shop.ts';
import type { Settings } from '../stack/props.ts';
import { synthesised } from './synthesis.ts';
import * as v from 'valibot';

/** Settings a story may have its owner write. */
export type Owner = Partial<Omit<Settings, 'stages' | 'approvers' | 'slackChannel' | 'slackTeamId' | 'slackAppId'>>;

export interface RunOptions {
  readonly seed: number;
  readonly logs: boolean;
  readonly stages?: number;
  /** What this owner sets differently. */
  readonly owner?: Owner;
  readonly deliveredTimes?: number;
  /** Who decides by the command line: their keys; the owner lists them in `approverArns`. */
  readonly keys?: readonly AccessKey[];
  /** How the account was built, before all is well and Gatemedic arrives. */
  readonly prepare?: (shop: Shop) => void;
  readonly onEvent: (event: Observed) => void;
  readonly onState?: (execution: { readonly machineArn: string; readonly name: string }, event: HistoryEvent) => void;
}

export interface Run {
  readonly clock: SimulatedClock;
  readonly account: Account;
  readonly shop: Shop;
  readonly slack: SandboxSlack;
  readonly installed: Installed;
  /** What was deployed. */
  readonly template: ResolvedTemplate;
  /** A person clicks: the stand-in Slack builds and signs the request, and it arrives at the real receiver. Answers the receiver's HTTP status. */
  click(userId: string, messageTs: string, act: string, value?: string): Promise<number>;
}

export const place = { accountId: '111122223333', region: 'us-east-1' };
export const people = [
  { id: 'U0ONCALL1', label: 'Robin, on call (approver)', approves: true },
  { id: 'U0GUEST01', label: 'Kim, no approver', approves: false },
  { id: 'U0ONCALL2', label: 'Sam, second on call (approver)', approves: true },
];
const workspace = { teamId: 'T0GATEMED', appId: 'A0GATEMED', channel: 'C0INCIDENT' };
const signingSecret = 'sandbox-signing-secret';

/** A Friday morning: the weekly digest is three days away. */
const startsAt = Date.UTC(2026, 10, 20, 9, 0, 0);
/** Traffic before Gatemedic arrives, so that there is a baseline; and so that what the stacks made is older than any burst. */
const healthyMs = 20 * 60_000;

/** A line about what was said in Slack: posts and edits of the card, replies, whispers. */
function told(event: SlackEvent): { says: string; fields: Readonly<Record<string, unknown>> } {
  const { text } = event.message;
  if (event.kind === 'whisper') return { says: text, fields: { slack: 'whisper', user: event.userId } };
  return { says: text, fields: { slack: event.threadTs ? 'reply' : event.kind, ts: event.threadTs ?? event.ts } };
}

export async function openRun(options: RunOptions): Promise<Run> {
  const clock = new SimulatedClock(startsAt);
  const account = createAccount({ clock, ...place, seed: options.seed });
  const shop = openShop(account, { logs: options.logs, ...(options.stages === undefined ? {} : { stages: options.stages }) });
  options.prepare?.(shop);
  account.settlePermissions();
  const template = synthesised(
    {
      mode: 'act',
      stages: shopStages(options.stages).map(({ apiType, apiId, apiName, stage }) => ({ apiType, apiId, apiName, stage })),
      approvers: people.filter((p) => p.approves).map((p) => p.id),
      probes: { hosts: [backendHost] },
      slackChannel: workspace.channel,
      slackTeamId: workspace.teamId,
      slackAppId: workspace.appId,
      ...options.owner,
    },
    place,
  );
  const observe = (event: Omit<Observed, 'at'>): void => options.onEvent({ at: clock.now(), ...event });
  const slack = createSlack({ clock, signingSecret, ...workspace, onPost: (event) => observe({ kind: 'message', ...told(event) }) });
  const { onState, deliveredTimes } = options;
  const installed = installGatemedic({
    account,
    template,
    slack,
    observe,
    ...(onState ? { onState } : {}),
    ...(options.keys ? { keys: options.keys } : {}),
    ...(deliveredTimes ? { deliveredTimes } : {}),
  });
  const receive = createReceiver({
    signingSecret: async () => signingSecret,
    teamId: workspace.teamId,
    appId: workspace.appId,
    now: () => clock.now(),
    handOn: async (click) => installed.invokeLater('answer', v.parse(clickSchema, click)),
  });
  await clock.runUntil(startsAt + healthyMs);
  return {
    clock,
    account,
    shop,
    slack,
    installed,
    template,
    click: async (userId, messageTs, act, value) =>
      (await clock.hold(receive(slack.click(userId, messageTs, act, value === undefined ? {} : { value })))).statusCode,
  };
}
