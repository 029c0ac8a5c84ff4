// (to be filled)
import type { FunctionPolicy } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionPolicy: FunctionPolicy;
  }
}
