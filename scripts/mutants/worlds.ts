// The worlds of one mutant: until the first that breaks a law, which is told; exit code 1 then.
import { readFileSync } from 'node:fs';
import { playMany } from '../../test/simulation/pool.ts';
import { thawed, type Frozen } from '../../test/simulation/template.ts';

const [template = '', worlds = '400', seed = '1'] = process.argv.slice(2);
const all = thawed(JSON.parse(readFileSync(template, 'utf8')) as Frozen);
const { failed, counts } = await playMany(all, { worlds: Number(worlds), seed: Number(seed), threads: 1, shareSize: 5, mostFailed: 1 });
for (const { seed: one, breaches } of failed) console.log(`seed ${one}\n✗ ${breaches[0]?.law}: ${breaches[0]?.says.replaceAll('\n', ' ')}`);
console.log(`${counts.worlds} worlds`);
process.exitCode = failed.length === 0 ? 0 : 1;
