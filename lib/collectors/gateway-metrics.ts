// (to be filled)
import type { GatewayMetrics } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    gatewayMetrics: GatewayMetrics;
  }
}
