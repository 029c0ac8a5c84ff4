// The command line's edges over a real process: standard streams, files, AWS by the environment's credentials. A reader of the output that
// goes away (`| head`) ends it quietly.
import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallError } from '../aws/calls.ts';
import type { Edges, Files, LiveAccount, Terminal } from '../command/command.ts';
import type { Result } from '../model/result.ts';
import { ok } from '../model/result.ts';

type Process = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>;

export const processEdges = (process: Process): Edges => ({
  terminal: terminalOf(process),
  files: filesOf(process),
  live: (region, probes) => liveAccount(process.env, region, probes),
  installed: async (region) => (await import('./installed-account.ts')).installedAccount(process.env, await regionOf(process.env, region)),
  now: () => Date.now(),
});

/** Where the output is no terminal, lines are as wide as a mail's reader can bear. */
const columnsElsewhere = 100;

function terminalOf({ stdin, stdout, stderr, env }: Process): Terminal {
  let heard = true;
  const gone = (error: NodeJS.ErrnoException): void => {
    heard = false;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  };
  stdout.on('error', gone);
  stderr.on('error', gone);
  const tty = stdout.isTTY;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[2K');
    shown = false;
  };
  return {
    heard: () => heard,
    print: (text) => (heard ? printed(stdout, text, clear) : Promise.resolve()),
    say: (line) => {
      clear();
      if (heard) stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      if (line === undefined) return;
      stderr.write(line.slice(0, (stderr.columns || columnsElsewhere) - 1));
      shown = true;
    },
    ask: async (question) => {
      clear();
      return stdin.isTTY && stderr.isTTY ? asked(stdin, stderr, question) : undefined;
    },
    columns: tty ? stdout.columns || columnsElsewhere : columnsElsewhere,
    // whatever it holds, so long as it is not empty (https://no-color.org)
    colour: tty && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}

/** On standard error, so that an answer piped on holds no question; the end of the input is no answer. */
async function asked(input: NodeJS.ReadStream, output: NodeJS.WriteStream, question: string): Promise<string | undefined> {
  const reader = createInterface({ input, output });
  try {
    return await Promise.race([
      reader.question(question),
      new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined))),
    ]);
  } finally {
    reader.close();
  }
}

async function printed(stdout: NodeJS.WriteStream, text: string, clear: () => void): Promise<void> {
  clear();
  if (stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stdout.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stdout.once(event, done);
  });
}

const filesOf = ({ stdin }: Process): Files => ({
  read: (path) => (path === '-' ? stdin : createReadStream(path, { highWaterMark: 1 << 20 })),
  write: (path, text) => writeFile(path, text, { mode: 0o600 }),
});

async function liveAccount(env: NodeJS.ProcessEnv, wanted: string | undefined, probes: Parameters<Edges['live']>[1]): Promise<LiveAccount> {
  const [{ liveAttempt }, { watchedSettings }, { whoAmI }] = await Promise.all([
    import('../aws/live.ts'),
    import('../aws/live/settings.ts'),
    import('./who-am-i.ts'),
  ]);
  const region = await regionOf(env, wanted);
  const settings = watchedSettings(region);
  const endpoint = env['AWS_ENDPOINT_URL'];
  const identity = async (): Promise<Result<string, CallError>> => {
    const answer = await whoAmI(settings);
    return answer.ok ? ok(answer.value.accountId) : answer;
  };
  return {
    region,
    ...(endpoint ? { endpoint } : {}),
    ...(env['AWS_PROFILE'] ? { profile: env['AWS_PROFILE'] } : {}),
    attempt: liveAttempt(settings, endpoint, { hosts: [...probes.hosts], methods: [...probes.methods] }),
    clock: { now: () => Date.now(), sleep: (ms) => wait(ms) },
    random: () => randomInt(0, 1_000_000) / 1_000_000,
    accountId: identity,
  };
}

/** As it was asked for, as the environment has it, or out of the profile's own files; empty where no Region is set anywhere. */
async function regionOf(env: NodeJS.ProcessEnv, wanted: string | undefined): Promise<string> {
  const named = wanted ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION']);
  if (named) return named;
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { region }: { region: string | (() => Promise<string>) } = new STSClient({}).config;
  try {
    return typeof region === 'string' ? region : await region();
  } catch {
    return '';
  }
}
