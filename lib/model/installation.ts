// The owner's settings: one checked object, the same at synth, in each function and in the sandbox.
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { apiTypes } from './api.ts';
import { hours } from './hours.ts';
import { approverArn } from './person.ts';

const functionArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws[\w-]{0,10}:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}$/,
    'must be an unqualified Lambda function ARN, arn:aws:lambda:region:account:function:name',
  ),
);

export const watchedStage = v.strictObject({
  apiType: v.picklist(apiTypes),
  apiId: v.pipe(v.string(), v.regex(/^[a-z0-9]{4,20}$/, 'must be an API id such as a1b2c3d4e5')),
  /** The API's name: REST metrics are keyed by it. */
  apiName: v.pipe(v.string(), v.minLength(1)),
  stage: v.pipe(v.string(), v.minLength(1)),
});
export type WatchedStage = v.InferOutput<typeof watchedStage>;

export const installedFix = v.strictObject({
  id: v.string(),
  /** Whether it may run unasked in `act` mode; the fix's own default where not said. */
  unasked: v.optional(v.boolean()),
  /** Whether two different people must approve it; the fix's own way where not said. */
  twoPerson: v.optional(v.boolean()),
});

/** The owner's settings. Durations in ms, money in US dollars. */
const installation = v.strictObject({
  accountId: v.pipe(v.string(), v.regex(/^\d{12}$/, 'must be a 12-digit account id')),
  region: v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region such as us-east-1')),
  mode: v.picklist(['observe', 'ask', 'act']),
  stages: v.array(watchedStage),
  /** Stages that are not listed may be read, so that an alarm on one of them is diagnosed from its configuration too. Never changed. */
  readUnlisted: v.optional(v.boolean()),
  fixes: v.array(installedFix),
  /** Functions whose settings may be written; functions tagged gatemedic=allowed too. */
  functions: v.array(functionArn),
  // each of one kind: what counts as open is what the roles are granted
  /** What else may be changed, by ARN (`*` allowed): tables, roles, security groups, deployment groups, custom domains (whose ARNs have no account). */
  resources: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          /^arn:aws[\w-]{0,10}:(?:dynamodb:[a-z0-9-]{1,30}:\d{12}:table\/|iam::\d{12}:role\/|ec2:[a-z0-9-]{1,30}:\d{12}:security-group\/|codedeploy:[a-z0-9-]{1,30}:\d{12}:deploymentgroup:|apigateway:[a-z0-9-]{1,30}::\/domainnames\/)[\w+=,.@:/*()-]{1,500}$/,
          'must be the ARN of a table, a role, a security group, a deployment group or a custom domain (`*` allowed in its name), such as arn:aws:dynamodb:us-east-1:111122223333:table/orders',
        ),
      ),
    ),
  ),
  /** The permissions boundary (a policy's ARN) a role must carry before its policies may be written or attached; none named: none is. */
  permissionsBoundary: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:aws[\w-]{0,10}:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]{1,500}$/,
        'must be the ARN of a policy such as arn:aws:iam::111122223333:policy/boundary',
      ),
    ),
  ),
  /** Log groups outside the usual names (API-Gateway-Execution-Logs_*, /aws/lambda/*, /aws/apigateway/*): access logs of watched stages, functions' own groups. */
  logGroups: v.optional(v.array(v.pipe(v.string(), v.regex(/^[\w/#.-]{1,512}$/, 'must be a log group name such as /shop/access')))),
  /** What may be tried out, because it acts: hosts of backends that may be connected to (`api.example.com`, or a private address itself), REST methods (`GET /orders`) that may be called for a test. */
  probes: v.optional(
    v.strictObject({
      hosts: v.array(
        v.pipe(
          v.string(),
          v.regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/, 'must be a host name or an address, without a scheme and a port'),
        ),
      ),
      methods: v.array(
        v.pipe(
          v.string(),
          v.regex(/^(?:GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE) \/\S{0,500}$/, 'must be a method and a path such as GET /orders'),
        ),
      ),
    }),
  ),
  /** Slack user ids that may approve and undo. */
  approvers: v.array(v.pipe(v.string(), v.regex(/^[UW][A-Z0-9]{2,20}$/, 'must be a Slack user id such as U012AB3CD'))),
  /** What takes Slack's clicks; `none`: nothing is public, and people decide by the command line. A Function URL where not said. */
  receiver: v.optional(v.picklist(['function-url', 'http-api', 'none'])),
  /** ARN patterns (`*` allowed) of IAM principals that may approve and undo by the command line, as STS names them. */
  approverArns: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(approverArn, 'must be the ARN of a user or an assumed role, such as arn:aws:sts::111122223333:assumed-role/oncall/*'),
      ),
    ),
  ),
  slack: v.strictObject({
    channel: v.pipe(v.string(), v.regex(/^[CGD][A-Z0-9]{2,20}$/, 'must be a channel id such as C012AB3CD')),
    teamId: v.pipe(v.string(), v.regex(/^[TE][A-Z0-9]{2,20}$/, 'must be a team id such as T012AB3CD')),
    appId: v.pipe(v.string(), v.regex(/^A[A-Z0-9]{2,20}$/, 'must be an app id such as A012AB3CD')),
  }),
  /** ARN patterns (`*` allowed) of principals whose removals count as a deploy. */
  deployPrincipals: v.array(v.string()),
  caps: v.strictObject({ usdPerHour: v.number(), usdPerDay: v.number(), warmEnvironments: v.number() }),
  /** More than this many stages within this long is one outage. */
  outage: v.strictObject({ stages: v.number(), withinMs: v.number() }),
  /** AWS calls an incident may make for evidence, in one round. */
  callBudget: v.number(),
  questionMs: v.number(),
  undoWindowMs: v.number(),
  killSwitchParameter: v.string(),
  /** SSM Change Calendars, by name or ARN: while one is closed, or cannot be read, nothing is changed unasked. */
  changeCalendars: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          /^(?:arn:aws[\w-]{0,10}:ssm:[a-z0-9-]+:\d{12}:document\/)?[\w.-]{3,128}$/,
          'must be the name or ARN of a change calendar, such as freeze',
        ),
      ),
    ),
  ),
  /** Unasked changes are made within these hours only; outside of them people are asked. */
  unaskedHours: v.optional(hours),
  /** Unasked changes in an hour, in the whole installation. */
  changesPerHour: v.optional(v.number()),
  /** A resource that more routes than this share is never changed unasked. */
  sharedByRoutes: v.optional(v.number()),
});
export type Installation = v.InferOutput<typeof installation>;

export const defaults = {
  fixes: [{ id: 're-add-invoke-permission' }, { id: 'warm-concurrency', unasked: false }],
  deployPrincipals: [],
  caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
  outage: { stages: 10, withinMs: 5 * 60_000 },
  callBudget: 60,
  questionMs: 60 * 60_000,
  undoWindowMs: 24 * 3_600_000,
  changesPerHour: 6,
  sharedByRoutes: 50,
  /** A fixed name: a second installation in the same account and Region fails to deploy instead of fighting the first. */
  killSwitchParameter: '/gatemedic/kill-switch',
} as const satisfies Partial<Installation>;

/** Reads the owner's settings; throws one error that names the key, the value seen and what to write. */
export function readInstallation(input: unknown): Installation {
  const read = v.safeParse(installation, input);
  if (read.success) return read.output;
  const issue = read.issues[0];
  const key = v.getDotPath(issue) ?? 'the settings';
  throw new Error(
    `gatemedic settings: ${key} is ${JSON.stringify(issue.input) ?? 'missing'}; ${issue.message.replace(/^Invalid/, 'invalid')}`,
  );
}

/** Settings as a function's environment carries them when they are long: it holds 4 KB in all (AWS: Lambda quotas). */
export const packSettings = (json: string): string => gzipSync(json, { level: 9 }).toString('base64');

/** JSON as it is, or packed. */
export const unpackSettings = (text: string): string =>
  text.trimStart().startsWith('{') ? text : gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: 1_000_000 }).toString('utf8');
