// The command line as its user starts it: exit codes, near names, one clear line for a wrong wish.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const gatemedic = (...args: string[]): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/gatemedic.ts', ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
};

describe('gatemedic', () => {
  test('lists the scenarios', () => {
    const { code, out } = gatemedic('demo', '--list');
    expect(code).toBe(0);
    expect(out).toContain('permission-removed-by-deploy');
  });
  test('an unknown scenario exits 2 and names the near ones', () => {
    const { code, err } = gatemedic('demo', '--headless', '--scenario', 'slow-funktion');
    expect(code).toBe(2);
    expect(err).toMatch(/unknown scenario "slow-funktion"; near it: slow-function/);
  });
  test.each([
    [['demo', '--headless'], /needs --scenario/],
    [['demo', '--headless', '--scenario', 'storm', '--person', 'nobody'], /--person is "nobody"; one of silent/],
    [['demo', '--headless', '--scenario', 'storm', '--seed', '-1'], /--seed is "-1"; give a whole number/],
    [['dmeo'], /unknown command "dmeo"; there are diagnose, incidents, approve, /],
    [['toString'], /unknown command "toString"; there are diagnose, incidents, approve, /],
    [['slack-manifest', '--url', 'here'], /--url is "here"/],
    [['slack-manifest'], /url/i],
  ])('%j says what is wrong in one line and exits 2', (args, says) => {
    const { code, err } = gatemedic(...args);
    expect(code).toBe(2);
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
  test.each([
    ['demo', '--scenario'],
    ['slack-manifest', '--url'],
  ])('%s --help tells its options and does nothing else', (command, option) => {
    const { code, out } = gatemedic(command, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`USAGE gatemedic ${command}[^]*${option}`));
  });
  test('prints the Slack app manifest with the receiver as its request URL', () => {
    const { code, out } = gatemedic('slack-manifest', '--url', 'https://abc.lambda-url.us-east-1.on.aws/');
    expect(code).toBe(0);
    expect(out).toContain('https://abc.lambda-url.us-east-1.on.aws/');
    expect(out).toContain('chat:write');
  });
});
