// Takes the README's picture: the demo page after a deploy dropped a permission and Gatemedic mended it. `node scripts/picture.ts`, with debian's chromium.
import { chromium } from 'playwright-core';
import { serveDemo } from '../lib/demo/server.ts';

const served = await serveDemo({ port: 0, speed: 60, seed: 1, logs: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1480, height: 900 }, deviceScaleFactor: 1 });
await page.goto(served.address);
await page.getByText('orders / prod').first().waitFor();
await page.waitForTimeout(3000);
await page.click('#break-permission-removed-by-deploy');
await page
  .locator('#channel')
  .getByText(/works again/)
  .first()
  .waitFor({ timeout: 60_000 });
await page.locator('.thread summary').first().click();
await page.waitForTimeout(1500);
await page.screenshot({ path: 'docs/demo.png' });
await browser.close();
await served.close();
