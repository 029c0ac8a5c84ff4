// (to be filled)
import type { LogLines } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    accessLog: LogLines;
  }
}
