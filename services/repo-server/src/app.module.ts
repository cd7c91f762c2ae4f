import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { RepoServerBackend } from '@tiphys/adapter-grpc';
import type { Logger } from '@tiphys/ports';
import { createMetrics, type Registry } from '@tiphys/runtime/metrics';
import { buildBackend } from './backend.ts';
import type { RepoServerConfig } from './config.ts';
import { reporting } from './failures.ts';
import { RepoMetrics } from './metrics/repo-metrics.ts';
import { RepoServerProcess } from './repo-server.ts';
import { openResources, type Resources } from './resources.ts';

const REGISTRY = Symbol('registry');
const RESOURCES = Symbol('resources');
const BACKEND = Symbol('backend');

/** Where ports meet adapters: `resources.ts` opens what the process holds, `backend.ts` puts the use cases together. */
@Module({})
export class AppModule {
  static with(config: RepoServerConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: REGISTRY, useFactory: createMetrics },
        {
          provide: RepoMetrics,
          useFactory: (registry: Registry) => new RepoMetrics(registry),
          inject: [REGISTRY],
        },
        {
          provide: RESOURCES,
          useFactory: (metrics: RepoMetrics) => openResources({ config, logger, metrics }),
          inject: [RepoMetrics],
        },
        {
          provide: BACKEND,
          useFactory: (metrics: RepoMetrics, resources: Resources) =>
            reporting(buildBackend(config, metrics, resources), logger),
          inject: [RepoMetrics, RESOURCES],
        },
        {
          provide: RepoServerProcess,
          useFactory: (backend: RepoServerBackend, metrics: RepoMetrics, registry: Registry) =>
            new RepoServerProcess({ config, logger, backend, metrics, registry }),
          inject: [BACKEND, RepoMetrics, REGISTRY],
        },
        ResourceCloser,
      ],
    };
  }
}

@Injectable()
class ResourceCloser implements OnApplicationShutdown {
  readonly #resources: Resources;

  constructor(@Inject(RESOURCES) resources: Resources) {
    this.#resources = resources;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#resources.close();
  }
}
