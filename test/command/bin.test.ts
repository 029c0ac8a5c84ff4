// The command line as its user starts it: a process of its own, its streams, its exit code.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { causes } from '../../lib/causes/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatemedic-bin-'));
/** No credentials, no Region, no configuration of whoever runs the tests. */
const bare = { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
const gatemedic = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') => {
  const ran = spawnSync(process.execPath, ['bin/gatemedic.ts', ...args], { encoding: 'utf8', env: { ...bare, ...env }, input });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
};
const one = JSON.stringify({ id: 'a', logs: [{ kind: 'function', lines: ['x Task timed out after 3.00 seconds'] }] });

describe('gatemedic', () => {
  test('--version tells the version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(gatemedic(['--version'])).toEqual({ code: 0, out: `gatemedic ${version}\n`, err: '' });
  });
  test('help names every command; nothing asked for exits 2', () => {
    expect(gatemedic(['--help']).out).toMatch(
      /diagnose [^]*incidents [^]*approve [^]*dismiss [^]*undo [^]*keep [^]*settle [^]*replay [^]*causes [^]*demo [^]*slack-manifest /,
    );
    expect(gatemedic(['--help']).code).toBe(0);
    expect(gatemedic([]).code).toBe(2);
  });
  test.each(['diagnose', 'incidents', 'approve', 'dismiss', 'undo', 'keep', 'settle', 'replay', 'causes', 'demo', 'slack-manifest'])(
    '%s --help tells its options',
    (command) => {
      const { code, out, err } = gatemedic([command, '--help']);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`gatemedic ${command}`);
      expect(out).toContain('--');
    },
  );
  test('a misspelt option of the demo is not ignored', () => {
    const { code, err } = gatemedic(['demo', '--sede', '3']);
    expect([code, err]).toEqual([2, expect.stringMatching(/unknown option "--sede"/)]);
  });
});

describe('gatemedic diagnose --input', () => {
  test('reads a pipe, and colours nothing that is no terminal', () => {
    const { code, out, err } = gatemedic(['diagnose', '--input', '-'], {}, one);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^suspected, not proven · lambda-timeout/);
    expect(out).not.toContain('\u001B');
  });
  test('what cannot be opened is one sentence', () => {
    for (const [path, says] of [
      [join(folder, 'none.json'), 'there is no such file or folder'],
      [folder, 'it is a folder; name a file'],
    ] as const)
      expect(gatemedic(['diagnose', '--input', path])).toEqual({ code: 2, out: '', err: `gatemedic: ${path}: ${says}\n` });
  });
  test('a reader that goes away ends it quietly, long before the last case', async () => {
    const file = join(folder, 'many.jsonl');
    writeFileSync(file, `${one}\n`.repeat(20_000));
    const child = spawn(process.execPath, ['bin/gatemedic.ts', 'diagnose', '--input', file], {
      env: bare,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    expect(said).toBe('');
    expect(child.signalCode).toBeNull();
  });
});

describe('gatemedic diagnose --api without a way in', () => {
  const asked = ['diagnose', '--api', 'a1b2c3d4e5', '--stage', 'prod'];
  test('no Region, and an installation is asked for', () => {
    expect(gatemedic(['incidents'])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^gatemedic: the Region is ""; give .*AWS_REGION/),
    });
  });
  test('no Region', () => {
    expect(gatemedic(asked)).toEqual({ code: 2, out: '', err: expect.stringMatching(/^gatemedic: no Region is set; set AWS_REGION/) });
  });
  test('no credentials', () => {
    const { code, err, out } = gatemedic([...asked, '--region', 'us-east-1']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^gatemedic: no AWS credentials were found; set AWS_PROFILE[^\n]*\n$/);
  });
  test.each([
    ['a Region that is none', { AWS_REGION: 'us east' }, /^gatemedic: the Region is "us east"; give one such as us-east-1[^\n]*\n$/],
    [
      'an endpoint without a scheme',
      { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'localhost:4566' },
      /^gatemedic: AWS_ENDPOINT_URL is "localhost:4566"; give an address such as[^\n]*\n$/,
    ],
    [
      'a profile that is not there',
      { AWS_REGION: 'us-east-1', AWS_PROFILE: 'nobody' },
      /^gatemedic: no AWS credentials were found for AWS_PROFILE "nobody"[^\n]*; set AWS_PROFILE[^\n]*\n$/,
    ],
  ] as const)('%s', (_, env, says) => {
    const { code, err, out } = gatemedic(asked, env);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(says);
  });
  test('an endpoint where nobody answers', () => {
    const env = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { code, err } = gatemedic(asked, env);
    expect(code).toBe(2);
    expect(err).toMatch(/^gatemedic: AWS was not reached at http:\/\/127\.0\.0\.1:9: [^\n]*; check the network[^\n]*\n$/);
  });
});

describe('gatemedic causes', () => {
  test('one line a cause, from the catalogue', () => {
    const { code, out } = gatemedic(['causes']);
    expect(code).toBe(0);
    for (const { id } of causes) expect(out).toMatch(new RegExp(`^${id} `, 'm'));
  });
  test('one cause: what it is, how it is told, what else it looks like, what mends it', () => {
    const { code, out } = gatemedic(['causes', 'authorizer-error']);
    expect(code).toBe(0);
    for (const heading of ['what it is', 'how it is told', 'with stage logging off', 'what else it looks like', 'what mends it'])
      expect(out).toContain(`\n${heading}\n`);
    expect(out).toMatch(/• authorizer-permission: both show "/);
  });
  test('an unknown id exits 2 and names the near ones', () => {
    const { code, err } = gatemedic(['causes', 'lambda-timout']);
    expect([code, err]).toEqual([2, expect.stringMatching(/unknown cause "lambda-timout"; near it: lambda-timeout/)]);
  });
  test('for machines: an array, one object', () => {
    expect(JSON.parse(gatemedic(['causes', '--json']).out)).toHaveLength(causes.length);
    expect(JSON.parse(gatemedic(['causes', 'lambda-timeout', '--json']).out)).toMatchObject({
      id: 'lambda-timeout',
      told: expect.any(String),
    });
  });
});
