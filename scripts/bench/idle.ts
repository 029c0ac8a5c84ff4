// An installation with nothing to do: one simulated hour of healthy traffic, and what of the template is paid by the month.
import type { Usage } from '../../lib/demo/meter.ts';
import { openRun } from '../../lib/demo/run.ts';

const hourMs = 3_600_000;

export interface Idle {
  /** Of one hour. */
  readonly usage: Usage;
  /** Metrics that alarms look at: each is paid. */
  readonly ownAlarmMetrics: number;
  readonly stageAlarmMetrics: number;
  readonly stages: number;
  readonly secrets: number;
  readonly logRetentionDays: number;
}

export async function idle(): Promise<Idle> {
  const run = await openRun({ seed: 1, logs: true, onEvent: () => undefined });
  run.installed.meter.clear();
  await run.clock.runUntil(run.clock.now() + hourMs);
  const { alarms, resources } = run.template;
  const metricsOf = (properties: Readonly<Record<string, unknown>>): number => {
    const { Metrics: metrics } = properties;
    return Array.isArray(metrics) ? metrics.length : 1;
  };
  const sum = (own: boolean): number =>
    alarms.filter((a) => a.name.includes('-own-') === own).reduce((total, a) => total + metricsOf(a.properties), 0);
  const of = (type: string) => Object.values(resources).filter((r) => r.type === type);
  return {
    usage: run.installed.meter.usage(),
    ownAlarmMetrics: sum(true),
    stageAlarmMetrics: sum(false),
    stages: run.installed.installation.stages.length,
    secrets: of('AWS::SecretsManager::Secret').length,
    logRetentionDays: Number(of('AWS::Logs::LogGroup')[0]?.properties['RetentionInDays']),
  };
}
