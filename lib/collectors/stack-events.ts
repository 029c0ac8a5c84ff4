// (to be filled)
import type { StackEvents } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    stackEvents: StackEvents;
  }
}
