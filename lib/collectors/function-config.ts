// (to be filled)
import type { FunctionConfig } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionConfig: FunctionConfig;
  }
}
