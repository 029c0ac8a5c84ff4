// The browser suite: makes sure that Debian's chromium is there, then drives the demo with playwright-core.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = '/usr/bin/chromium';
const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ?? 1;

if (!existsSync(chromium)) {
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', 'chromium', 'fonts-noto-color-emoji']);
}
if (!existsSync(chromium)) {
  console.error(`the browser suite needs ${chromium}: install debian's package chromium, as root`);
  process.exitCode = 1;
} else {
  process.exitCode = run('vitest', [
    'run',
    '--config',
    'test/browser/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    '--outputFile.json=.tmp/reports/browser.json',
  ]);
}
