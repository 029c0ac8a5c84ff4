// (to be filled)
import type { FunctionConcurrency } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionConcurrency: FunctionConcurrency;
  }
}
