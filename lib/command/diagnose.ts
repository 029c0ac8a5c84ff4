// `gatemedic diagnose`: which of its two ways is asked for, with its options checked before anything is loaded or asked.
import type { Probes } from '../collectors/collector.ts';
import { CommandError } from './command-error.ts';
import type { Command } from './command.ts';
import { readOptions, type Options } from './options.ts';

const kinds = {
  input: 'string',
  api: 'string',
  stage: 'string',
  'api-url': 'string',
  since: 'string',
  region: 'string',
  account: 'string',
  save: 'string',
  probe: 'string',
  'test-method': 'string',
  json: 'boolean',
} as const;

const help = `
gatemedic diagnose --input <case.json | cases.jsonl | ->
gatemedic diagnose --api <id> --stage <name> [--since 30m] [--save case.json]
gatemedic diagnose --api-url <https://…> [--since 30m] [--save case.json]

Names the cause of 5xx answers of an API Gateway stage, says how sure it is and what would settle it.

  --input <file>     recorded cases: one JSON object, or one a line; - is standard input. No network, no credentials
  --api <id>         a REST, HTTP or WebSocket API by its id. Only reads, with the credentials the environment has
                     (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL … as for the AWS CLI)
  --stage <name>     its stage; $default where an HTTP API has no other name
  --api-url <url>    instead of the two: an address of the API, custom domains too
  --since <span>     how far back to look for a failure: 30m (as said nothing), 3h, 90s, at most 24h
  --region <name>    the API's Region, where the environment says another one
  --account <id>     the account's id, where STS cannot be asked
  --probe <hosts>    also connects to these backends of the API from here (name, TLS, one HEAD), separated by commas
  --test-method <m>  also has API Gateway test these methods: 'GET /orders'. It calls the real backend
  --save <file>      writes what was seen as a recorded case, secrets taken out; --input reads it back
  --json             one JSON object a case, for machines (docs/diagnose.md)

Exits 0 when a cause was named or nothing is wrong, 1 when the cause is unknown, 2 for bad input or no access.
`;

export const diagnose: Command = {
  help: help.trimStart(),
  async run(args, edges) {
    const options = readOptions(args, kinds, 'diagnose');
    if (options.rest.length > 0)
      throw new CommandError(`${JSON.stringify(options.rest[0])} belongs to no option; did you mean --input ${options.rest[0] ?? ''}?`);
    const json = options.flags.has('json');
    const { input } = options.texts;
    if (input !== undefined) {
      refuseBeside(
        '--input',
        options,
        Object.keys(kinds).filter((name) => name !== 'input' && name !== 'json'),
      );
      const { diagnoseInput } = await import('./diagnose-input.ts');
      return diagnoseInput({ path: input, json }, edges);
    }
    const target = targetOf(options);
    const sinceMs = spanMs(options.texts['since'] ?? '30m');
    const { diagnoseLive } = await import('./diagnose-live.ts');
    const { region, account: accountId, save } = options.texts;
    const probes = probesOf(options);
    if (accountId !== undefined && !/^\d{12}$/.test(accountId))
      throw new CommandError(`--account is ${JSON.stringify(accountId)}; give the 12 digits of an account id`);
    return diagnoseLive(
      {
        target,
        sinceMs,
        json,
        probes,
        ...(region === undefined ? {} : { region }),
        ...(accountId === undefined ? {} : { accountId }),
        ...(save === undefined ? {} : { save }),
      },
      edges,
    );
  },
};

/** What the person at the terminal lets it try out, because it acts. */
function probesOf({ texts }: Options): Probes {
  const listed = (name: string, form: RegExp, like: string): readonly string[] => {
    const all = (texts[name] ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const odd = all.find((one) => !form.test(one));
    if (odd !== undefined) throw new CommandError(`--${name} holds ${JSON.stringify(odd)}; give ${like}`);
    return all;
  };
  return {
    hosts: listed(
      'probe',
      /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/,
      'a host such as api.example.com, without a scheme and a port',
    ),
    methods: listed('test-method', /^(?:GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE) \/\S{0,500}$/, "a method and a path such as 'GET /orders'"),
  };
}

export type Target = { readonly by: 'id'; readonly apiId: string; readonly stage: string } | { readonly by: 'url'; readonly url: URL };

function targetOf(options: Options): Target {
  const { api, stage, 'api-url': url } = options.texts;
  if (url !== undefined) {
    refuseBeside('--api-url', options, ['api', 'stage']);
    return { by: 'url', url: addressOf(url) };
  }
  if (api === undefined)
    throw new CommandError(
      'say what to look at: --input <file>, --api <id> --stage <name>, or --api-url <url> (gatemedic diagnose --help tells more)',
    );
  if (!/^[a-z0-9]{4,20}$/.test(api))
    throw new CommandError(`--api is ${JSON.stringify(api)}; give an API id such as a1b2c3d4e5, or --api-url <url>`);
  if (stage === undefined)
    throw new CommandError("--api needs --stage <name>; an HTTP API without a named stage has $default (in quotes: '$default')");
  return { by: 'id', apiId: api, stage };
}

function addressOf(text: string): URL {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url || !['https:', 'http:', 'wss:'].includes(url.protocol) || !url.hostname.includes('.'))
    throw new CommandError(
      `--api-url is ${JSON.stringify(text)}; give an address such as https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders`,
    );
  return url;
}

function refuseBeside(chosen: string, { texts }: Options, others: readonly string[]): void {
  const odd = others.find((name) => name in texts);
  if (odd !== undefined) throw new CommandError(`--${odd} does not go with ${chosen}; leave one of them out`);
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** GetMetricData keeps minutes for 15 days; a look is for a burst of today. */
const longestMs = 24 * units.h;
/** CloudWatch is about two minutes behind: a shorter span shows nothing. */
const shortestMs = 3 * units.m;

function spanMs(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})(s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit as keyof typeof units] ?? Number.NaN);
  if (!Number.isFinite(ms) || ms > longestMs || ms < shortestMs)
    throw new CommandError(`--since is ${JSON.stringify(text)}; give a span from 3m to 24h, such as 30m or 2h`);
  return ms;
}
