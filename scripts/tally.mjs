// Adds up the suites' reports for CI: `N passed, N failed`, and fails when anything did or when a suite left no report.
import { readdirSync, readFileSync } from 'node:fs';
const [folder, broken] = process.argv.slice(2);
const suites = ['unit.json', 'slow.json', 'simulation.json', 'emulator.json', 'browser.json'];
const there = new Set(readdirSync(folder));
let passed = 0;
let failed = 0;
for (const suite of suites) {
  if (!there.has(suite)) {
    console.log(`no report of ${suite}: the suite did not run`);
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(`${folder}/${suite}`, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + (report.numFailedTests === 0 && !report.success ? 1 : 0);
}
if (broken !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
