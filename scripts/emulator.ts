// The emulator suite: sets up MiniStack in a virtual environment of the project, builds the bundles, starts the emulator on a free port, runs
// test/emulator against it, and stops what it started.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const venv = `${root}.venv`;
/** Outside of the project: MiniStack writes CommonJS workers here, which a package.json of type module above them would break. */
const scratch = mkdtempSync(join(tmpdir(), 'gatemedic-emulator-'));
const logFile = `${root}.tmp/emulator.log`;
/** Measured with this release; a newer one is taken when this suite passes on it. */
const packages = ['ministack==1.4.21', 'cbor2'];
const accountId = '111122223333';
const startMs = 30_000;

function setUp(): void {
  if (existsSync(`${venv}/bin/ministack`)) return;
  must('python3', ['-m', 'venv', venv], 'the emulator suite needs python 3.10 or newer with venv (debian: apt-get install python3-venv)');
  must(`${venv}/bin/pip`, ['install', '--quiet', '--disable-pip-version-check', ...packages], 'pip could not install ministack');
}

function must(command: string, args: readonly string[], otherwise: string): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${otherwise}`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });

/** Its own environment: nothing of the caller's AWS settings may reach it, or it the caller's account. */
function start(port: number): ChildProcess {
  mkdirSync(`${scratch}/tmp`, { recursive: true });
  mkdirSync(`${root}.tmp`, { recursive: true });
  const log = openSync(logFile, 'w');
  const env = {
    PATH: `${root}node_modules/.bin:/usr/local/bin:/usr/bin:/bin`,
    HOME: scratch,
    TMPDIR: `${scratch}/tmp`,
    NODE_PATH: `${root}node_modules`,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    LAMBDA_EXECUTOR: 'local',
    IOT_MTLS_ENABLED: '0',
    CLOUDTRAIL_RECORDING: '1',
    MINISTACK_ACCOUNT_ID: accountId,
  };
  return spawn(`${venv}/bin/ministack`, [], { cwd: scratch, env, stdio: ['ignore', log, log] });
}

async function ready(url: string, process: ChildProcess): Promise<void> {
  for (const until = Date.now() + startMs; Date.now() < until; await wait(200)) {
    if (process.exitCode !== null) break;
    if (
      await fetch(`${url}/_ministack/health`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
  }
  throw new Error(`ministack did not start; its log is ${logFile}`);
}

async function run(): Promise<number> {
  setUp();
  await buildFunctions();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const emulator = start(port);
  try {
    await ready(url, emulator);
    const env = {
      ...process.env,
      GATEMEDIC_EMULATOR_URL: url,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    };
    const args = [
      'run',
      '--config',
      'test/emulator/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=.tmp/reports/emulator.json',
      ...process.argv.slice(2),
    ];
    return spawnSync(`${root}node_modules/.bin/vitest`, args, { cwd: root, stdio: 'inherit', env }).status ?? 1;
  } finally {
    emulator.kill('SIGTERM');
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await run();
