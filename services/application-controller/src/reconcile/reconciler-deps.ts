import { instanceNameOf } from '@tiphys/tracking';
import type { Application } from '@tiphys/model';
import type { Clock, Logger, RepoServer } from '@tiphys/ports';
import { isoSeconds, type DurationParser, type SelfHealSettings } from '@tiphys/sync-plan';
import type { ClusterRegistry } from '../destination/cluster-registry.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { RenderSettings } from '../render/render-sources.ts';
import type { ControlPlane } from '../settings/control-plane.ts';
import type { AppWriter } from '../store/app-writer.ts';
import type { DependencyIndex } from './dependency-index.ts';
import type { RefreshLevel } from './refresh.ts';

/** All that a look at an Application works with. */
export interface ReconcilerDeps {
  readonly controlPlane: ControlPlane;
  readonly clusters: ClusterRegistry;
  readonly repoServer: RepoServer;
  readonly renderSettings: RenderSettings;
  readonly writer: AppWriter;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parseDuration: DurationParser;
  readonly settings: ReconcileSettings;
  /** Who depends on whom. */
  readonly dependencies: DependencyIndex;
  /** What throws where nothing may be written for an Application any more, by its key. */
  readonly fenceOf: (app: string) => () => void;
  /** Asks for a look at another Application. */
  readonly lookAgain: (key: string, level: RefreshLevel) => void;
}

export interface ReconcileSettings {
  /** The control plane's namespace. */
  readonly namespace: string;
  /** Milliseconds between two looks at an Application that nobody asked for; 0 turns polling off. */
  readonly resyncMs: number;
  /** Each Application's own share of 0 to this many milliseconds is added, so that they do not all come at once. */
  readonly jitterMs: number;
  /** Milliseconds after which the caches of manifests are left aside; 0 means never. */
  readonly hardResyncMs: number;
  readonly selfHeal: SelfHealSettings;
  /** Automated syncs that wait give way to newer commits, where an Application does not say otherwise. */
  readonly supersede: boolean;
  /** Milliseconds of rest after a wave that is not the last. */
  readonly waveDelayMs: number;
  /** Milliseconds after which an operation is terminated; 0 means never. */
  readonly syncTimeoutMs: number;
}

/** The name under which an Application marks its objects. */
export const instanceOf = (app: Application, { settings }: Pick<ReconcilerDeps, 'settings'>): string =>
  instanceNameOf(
    { name: app.metadata.name ?? '', namespace: app.metadata.namespace ?? '' },
    settings.namespace,
  );

/** The time in the form of our custom resources. */
export const nowIn = ({ clock }: Pick<ReconcilerDeps, 'clock'>): string => isoSeconds(new Date(clock.now()));
