import type { ControllerConfig } from '../config.ts';
import type { ReconcileSettings } from '../reconcile/reconciler-deps.ts';
import type { ControlPlane } from './control-plane.ts';

/** The options of the process, under what `argocd-cm` says now about the times. */
export function reconcileSettings(
  config: ControllerConfig,
  namespace: string,
  controlPlane: Pick<ControlPlane, 'timing'>,
): ReconcileSettings {
  return {
    namespace,
    get resyncMs() {
      return controlPlane.timing.resyncMs ?? config.appResync;
    },
    get jitterMs() {
      return controlPlane.timing.jitterMs ?? config.appResyncJitter;
    },
    get hardResyncMs() {
      return controlPlane.timing.hardResyncMs ?? config.appHardResync;
    },
    waveDelayMs: config.syncWaveDelay * 1_000,
    syncTimeoutMs: config.syncTimeout * 1_000,
    supersede: config.syncSupersede,
    selfHeal: {
      timeoutMs: config.selfHealTimeoutSeconds * 1_000,
      backoffBaseMs: config.selfHealBackoffTimeoutSeconds * 1_000,
      backoffFactor: config.selfHealBackoffFactor,
      backoffCapMs: config.selfHealBackoffCapSeconds * 1_000,
    },
  };
}
