import { draw } from './draw.ts';
import { open } from './open.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
const by: Record<string, number> = {};
let n = 0;
let mins = 0,
  req = 0;
for (let s = 1000; s < 1100; s++) {
  const { world } = await play(draw(s), all);
  n++;
  mins += (world.clock.now() - world.startAt) / 60000;
  for (const d of world.installed.machines.list())
    by['exec ' + d.stateMachineArn.split('-').at(-1)] = (by['exec ' + d.stateMachineArn.split('-').at(-1)] ?? 0) + 1;
  for (const [k, v] of world.shop.account.wire) by['wire ' + k] = (by['wire ' + k] ?? 0) + v;
  for (const [k, v] of Object.entries((world as any).counts ?? {})) by[k] = (by[k] ?? 0) + (v as number);
}
console.log('minutes', mins / n);
for (const [k, v] of Object.entries(by).sort((a, b) => b[1] - a[1])) console.log((v / n).toFixed(1), k);
