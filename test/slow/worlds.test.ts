// Worlds of chance: whatever breaks, fails, crashes, is pressed twice or too late, or is mended by hand, these things hold.
// A world that breaks one prints its seed; `play(seed)` plays it again.
import { expect, test } from 'vitest';
import { breaches } from '../demo/world-laws.ts';
import { play } from '../demo/world-of-chance.ts';

const seeds = Array.from({ length: 24 }, (_, n) => n + 1);

test.each(seeds)('the world of seed %i', async (seed) => {
  const world = await play(seed);
  const story = world.broken.map((b) => `${b.id} of ${b.stage.apiName}`).join(', ');
  expect(await breaches(world), `seed ${seed}: ${story}; ${world.clicks} clicks`).toEqual([]);
});
