import { instanceNameOf } from '@tiphys/tracking';
import type { Application } from '@tiphys/model';
import type { Clock, Logger, RepoServer } from '@tiphys/ports';
import { isoSeconds, type DurationParser, type SelfHealSettings } from '@tiphys/sync-plan';
import type { ClusterRegistry } from '../destination/cluster-registry.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { RenderSettings } from '../render/render-sources.ts';
import type { ControlPlane } from '../settings/control-plane.ts';
import type { AppWriter } from '../store/app-writer.ts';

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
}

export interface ReconcileSettings {
  /** The control plane's namespace. */
  readonly namespace: string;
  /** Milliseconds between two looks at an Application that nobody asked for; 0 turns polling off. */
  readonly resyncMs: number;
  /** Each Application's own share of 0 to this many milliseconds is added, so that they do not all come at once. */
  readonly jitterMs: number;
  readonly selfHeal: SelfHealSettings;
}

/** The name under which an Application marks its objects. */
export const instanceOf = (app: Application, { settings }: Pick<ReconcilerDeps, 'settings'>): string =>
  instanceNameOf(
    { name: app.metadata.name ?? '', namespace: app.metadata.namespace ?? '' },
    settings.namespace,
  );

/** The time in the form of our custom resources. */
export const nowIn = ({ clock }: Pick<ReconcilerDeps, 'clock'>): string => isoSeconds(new Date(clock.now()));
