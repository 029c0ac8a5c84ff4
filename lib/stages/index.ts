// The stages by duty: what each Lambda function runs. `receive` is an edge of its own (functions/receive.ts) and has none.
import type { DutyId } from '../duties.ts';
import answer from './answer.ts';
import carryOut from './carry-out.ts';
import close from './close.ts';
import decide from './decide.ts';
import digest from './digest.ts';
import farewell from './farewell.ts';
import intake from './intake.ts';
import investigate from './investigate.ts';
import prove from './prove.ts';
import type { Stage } from './stage.ts';
import subscribe from './subscribe.ts';
import sweep from './sweep.ts';
import tell from './tell.ts';

/** Each stage is typed by the calls it declares; whoever runs one by its duty hands it a world with exactly those. */
export const stages = {
  answer,
  'carry-out': carryOut,
  close,
  decide,
  digest,
  farewell,
  intake,
  investigate,
  prove,
  subscribe,
  sweep,
  tell,
} as unknown as Readonly<Partial<Record<DutyId, Stage>>>;
