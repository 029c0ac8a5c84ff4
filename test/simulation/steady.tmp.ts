import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
for (let k = 0; k < 4; k++) {
  const c0 = process.cpuUsage();
  for (let s = 1000; s < 1100; s++) await play(draw(s), all);
  const c = process.cpuUsage(c0);
  console.log(k, ((c.user + c.system) / 1000 / 100).toFixed(1), (c.user / 1000 / 100).toFixed(1));
}
