// The demo as a person uses it: breaks things in the page, reads the channel, presses the buttons. The browser sends only the click;
// the stand-in Slack signs it and the real receiver takes it.
import { mkdirSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveDemo, type Served } from '../../lib/demo/server.ts';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
let browser: Browser;
let served: Served;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  mkdirSync('.tmp', { recursive: true });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
});
afterAll(async () => browser.close());

beforeEach(async () => {
  served = await serveDemo({ port: 0, speed: 60, seed: 5, logs: true });
  page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
  errors.length = 0;
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(served.address);
  await page.getByText('orders / prod').first().waitFor();
  return async () => {
    await page.close();
    await served.close();
    expect(errors).toEqual([]);
  };
});

const channel = () => page.locator('#channel');
const says = (text: string | RegExp) => channel().getByText(text).first().waitFor({ timeout: 60_000 });
/** Presses a button of the message and agrees to its confirmation dialog, where it has one. */
async function press(name: string): Promise<void> {
  await channel().getByRole('button', { name, exact: true }).first().click();
  const agree = page.locator('dialog[open] button').filter({ hasNotText: 'Cancel' });
  if (await agree.count()) await agree.first().click();
}

describe('the demo page', () => {
  test('a deploy drops the permission: seen, mended, proven, and undone by a click', async () => {
    await page.click('#break-permission-removed-by-deploy');
    await says(/is failing/);
    await says(/works again/);
    await page.screenshot({ path: '.tmp/demo-mended.png' });
    await press('Undo');
    await page
      .locator('#steps')
      .getByText(/: undone/)
      .first()
      .waitFor({ timeout: 60_000 });
    await says(/taken back/);
  });

  test('a person removed it: asked, and mended after Approve', async () => {
    await page.click('#break-permission-removed-on-purpose');
    await says(/your decision, please/);
    await page.screenshot({ path: '.tmp/demo-asked.png' });
    await press('Approve');
    await says(/works again/);
  });

  test('Dismiss changes nothing', async () => {
    await page.click('#break-alias-without-permission');
    await says(/your decision, please/);
    await press('Dismiss');
    await channel().getByRole('button', { name: 'Approve', exact: true }).first().waitFor({ state: 'detached' });
    expect(await page.locator('#steps').innerText()).not.toMatch(/applied/);
  });

  test('a question expires, and is asked again while the stage still fails', async () => {
    await page.selectOption('#speed', '300');
    await page.click('#break-alias-without-permission');
    await says(/your decision, please/);
    // the thread is closed until somebody opens it: there is enough
    await channel()
      .getByText(/nobody answered in time/)
      .first()
      .waitFor({ state: 'attached', timeout: 90_000 });
    await says(/your decision, please/);
  });

  test('the kill switch holds everything back until it is off again', async () => {
    await page.check('#brake-kill-switch');
    await page.click('#break-permission-removed-by-deploy');
    await says(/kill switch is on/);
    expect(await page.locator('#steps').innerText()).not.toMatch(/applied/);
    await page.screenshot({ path: '.tmp/demo-kill-switch.png' });
    await page.uncheck('#brake-kill-switch');
    await says(/works again/);
  });

  test('a closed calendar has a person asked; a skip brings the end of the question', async () => {
    await page.check('#brake-calendar');
    await page.click('#break-permission-removed-by-deploy');
    await says(/change calendar is closed/);
    await says(/your decision, please/);
    await page.click('#skip-120');
    await channel()
      .getByText(/nobody answered in time/)
      .first()
      .waitFor({ state: 'attached', timeout: 90_000 });
    expect(await page.locator('#steps').innerText()).not.toMatch(/applied/);
  });

  test('somebody who is no approver changes nothing and is told', async () => {
    await page.click('#break-alias-without-permission');
    await says(/your decision, please/);
    await page.selectOption('#person', { index: 1 });
    await press('Approve');
    await says(/approver/i);
    expect(await page.locator('#steps').innerText()).not.toMatch(/applied/);
  });
});
