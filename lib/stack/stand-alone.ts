// The stand-alone stack of bin/app.ts: the construct, configured by the `gatemedic` key of cdk.json's context.
import type { App } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import { hours } from '../model/hours.ts';
import { watchedStage, installedFix } from '../model/installation.ts';
import { Gatemedic } from './gatemedic.ts';
import type { GatemedicProps, Settings } from './props.ts';

const number = v.optional(v.number());
const text = v.pipe(v.string(), v.minLength(1));
const texts = v.optional(v.array(text));
/** What cdk.json may say; a key it does not know is refused, for a misspelt cap is no cap. */
const settings = v.strictObject({
  account: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, 'must be a 12-digit account id'))),
  region: v.optional(text),
  mode: v.picklist(['observe', 'ask', 'act']),
  stages: v.array(watchedStage),
  approvers: v.array(text),
  approverArns: texts,
  receiver: v.optional(v.picklist(['function-url', 'http-api', 'none'])),
  slackChannel: text,
  slackTeamId: text,
  slackAppId: text,
  functions: texts,
  resources: texts,
  permissionsBoundary: v.optional(text),
  logGroups: texts,
  probes: v.optional(v.strictObject({ hosts: texts, methods: texts })),
  readUnlisted: v.optional(v.boolean()),
  deployPrincipals: texts,
  compositeAlarms: texts,
  fixes: v.optional(v.array(installedFix)),
  failuresPerMinute: number,
  usdPerHour: number,
  usdPerDay: number,
  warmEnvironments: number,
  outageStages: number,
  outageWithinMinutes: number,
  callBudget: number,
  questionMinutes: number,
  undoWindowHours: number,
  changeCalendars: texts,
  unaskedHours: v.optional(hours),
  changesPerHour: number,
  sharedByRoutes: number,
  digestSchedule: v.optional(text),
  digestTimezone: v.optional(text),
  reserveConcurrency: v.optional(v.boolean()),
});
type ContextSettings = Settings & { readonly account?: string; readonly region?: string };

/** What to write when nothing is there. */
const example =
  '{ "mode": "ask", "stages": [{ "apiType": "REST", "apiId": "a1b2c3d4e5", "apiName": "orders", "stage": "prod" }], "approvers": ["U012AB3CD"], "slackChannel": "C012AB3CD", "slackTeamId": "T012AB3CD", "slackAppId": "A012AB3CD" }';

/** Checks the `gatemedic` key of the context; throws one error that names the key, the value seen and what to write. */
export function readContext(context: unknown): ContextSettings {
  if (context === undefined)
    throw new Error(`gatemedic settings: cdk.json has no context key gatemedic; write "context": { "gatemedic": ${example} }`);
  const read = v.safeParse(settings, context);
  if (read.success) return read.output as ContextSettings;
  const issue = read.issues[0];
  const key = v.getDotPath(issue) ?? 'gatemedic';
  const unknownKey = issue.expected === 'never' && typeof context === 'object' && context !== null;
  const seen = JSON.stringify(unknownKey ? (context as Record<string, unknown>)[key] : issue.input) ?? 'missing';
  throw new Error(`gatemedic settings: ${key} is ${seen}; ${advice(key, issue)}`);
}

function advice(key: string, issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return `there is no such key: write one of ${Object.keys(settings.entries).join(', ')}`;
  if (key === 'mode') return 'write "observe", "ask" or "act"; it has no default, because nobody should be mended, or not, by accident';
  return issue.message.startsWith('Invalid')
    ? `write ${issue.expected ?? 'a value of the kind docs say'}, as in ${example}`
    : issue.message;
}

/** The app of bin/app.ts. `more` is for tests: bundles from elsewhere. */
export function standAlone(app: App, more: Pick<GatemedicProps, 'code'> = {}): { stack: Stack; gatemedic: Gatemedic } {
  const { account, region, ...props } = readContext(app.node.tryGetContext('gatemedic'));
  const stack = new Stack(app, 'Gatemedic', {
    description: 'Gatemedic: mends 5xx bursts of API Gateway',
    ...(account || region ? { env: { ...(account ? { account } : {}), ...(region ? { region } : {}) } } : {}),
  });
  return { stack, gatemedic: new Gatemedic(stack, 'Gatemedic', { ...props, ...more }) };
}
