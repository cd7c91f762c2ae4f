import { TargetClusterReader } from '../repositories/target-cluster.ts';
import { Declared } from '../repositories/declared.ts';
import { AppState } from './app-state.ts';
import { AppStore } from './app-store.ts';
import { AppFinder } from './finder.ts';
import type { ApplicationParts } from './handlers.ts';
import { Refresher } from './refresh.ts';
import { AppRenderer } from './renderer.ts';
import { AppResources } from './resource-actions/app-resources.ts';
import { Validation } from './validation.ts';

/** What finds, reads and checks Applications, for whatever serves them. */
export interface ApplicationWiring {
  readonly store: ApplicationParts['stores']['applications'];
  readonly finder: AppFinder;
  readonly apps: AppStore;
  readonly refresher: Refresher;
  readonly state: AppState;
  readonly declared: Declared;
  readonly renderer: AppRenderer;
  readonly validation: Validation;
  readonly resources: AppResources;
}

export function wireApplications(
  parts: Omit<ApplicationParts, 'pubSub' | 'lua' | 'jq' | 'events' | 'links'>,
): ApplicationWiring {
  const { api, repoServer, cache, clock, config, namespace, stores, settings, access } = parts;
  const store = stores.applications;
  const finder = new AppFinder(store, namespace, {
    access,
    otherNamespaces: config.applicationNamespaces,
    projectOf: (name) => settings.projectOf(name),
  });
  const apps = new AppStore(api, store);
  const refresher = new Refresher(store, apps);
  const state = new AppState(cache, refresher, {
    namespace,
    maskedAnnotations: () => settings.maskedAnnotations,
  });
  const declared = new Declared(stores.declared, settings);
  const target = new TargetClusterReader(api, () => clock.now());
  const renderer = new AppRenderer({
    repoServer,
    declared,
    target,
    settings,
    projectOf: (name) => settings.projectOf(name),
  });
  const validation = new Validation({
    projectOf: (name) => settings.projectOf(name),
    declared,
    renderer,
    namespace,
  });
  const resources = new AppResources({ api, clusters: parts.clusters, finder, state, validation, settings });
  return { store, finder, apps, refresher, state, declared, renderer, validation, resources };
}
