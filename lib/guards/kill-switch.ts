// One parameter stops every new change. Unreadable counts as on: a brake that cannot be felt is pulled. Undo never asks it.
import { guard } from '../model/change.ts';

export default guard({
  id: 'kill-switch',
  title: 'The kill switch is on, or cannot be read',
  check: ({ killSwitch }) => {
    if (killSwitch === 'off') return undefined;
    return {
      id: 'kill-switch',
      lowersTo: 'advise',
      says:
        killSwitch === 'on'
          ? 'the kill switch is on: no new change is made'
          : 'the kill switch could not be read, which counts as on: no new change is made',
    };
  },
});
