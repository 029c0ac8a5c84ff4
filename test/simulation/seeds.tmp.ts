import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
import { story } from './story.ts';
import { shrink } from './shrink.ts';
const all = templateOfAll();
for (const a of process.argv.slice(2)) {
  const s = Number(a);
  const { breaches } = await play(draw(s), all);
  if (breaches.length === 0) {
    console.log(s, 'ok');
    continue;
  }
  const plays = async (p: any) => (await play(p, all)).breaches;
  const p = await shrink(draw(s), plays, breaches[0]!.law, 120);
  console.log(story(p, await plays(p)));
}
