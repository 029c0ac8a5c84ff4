// (to be filled)
import type { FunctionMetrics } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionMetrics: FunctionMetrics;
  }
}
