// (to be filled)
import type { ChangeTrail } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    changeTrail: ChangeTrail;
  }
}
