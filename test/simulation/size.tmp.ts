import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
const { world } = await play(draw(2112), all);
const store: any = world.installed.store;
for (const i of world.witness.incidents.values()) {
  console.log(
    'incident',
    JSON.stringify(i).length,
    Object.entries(i)
      .map(([k, v]) => k + ':' + (JSON.stringify(v) ?? '').length)
      .join(' '),
  );
  const e = (await store.get('evidence#' + i.id))?.value;
  if (e)
    console.log(
      'evidence',
      JSON.stringify(e).length,
      Object.entries(e.gathered)
        .map(([k, v]) => k + ':' + (JSON.stringify(v) ?? '').length)
        .join(' '),
    );
}
