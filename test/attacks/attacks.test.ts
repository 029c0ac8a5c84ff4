// Whoever can call the API, write a log line, name a resource, press a button or reach the Function URL tries to make Gatemedic do, or say,
// what it must not. Each attack is a test by its name; the last line printed says how many were tried and refused.
import { afterAll, describe, expect, test } from 'vitest';
import { buttons } from './buttons.ts';
import { clicks } from './clicks.ts';
import { forged } from './forged.ts';
import { input } from './input.ts';
import { poison } from './poison.ts';
import { signatures } from './signatures.ts';
import { tampered } from './tampered.ts';

const rooms = [signatures, clicks, buttons, forged, poison, input, tampered];
const all = rooms.flatMap((room) => room.attacks);
let refused = 0;

for (const room of rooms)
  describe(room.of, () => {
    test.each(room.attacks.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
      await attack.run();
      refused++;
    });
  });

test('each attack has a name of its own', () => {
  const names = rooms.flatMap((room) => room.attacks.map((attack) => `${room.of}: ${attack.name}`));
  expect(new Set(names).size).toBe(names.length);
});

afterAll(() => console.log(`attacks refused: ${refused} of ${all.length} (${rooms.map((r) => `${r.of} ${r.attacks.length}`).join(', ')})`));
