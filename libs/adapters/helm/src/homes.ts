import { join } from 'node:path';

/** Helm's directories inside a scratch directory: no plugins, no registries, no repositories but the ones put there. */
export function helmHomes(scratch: string): Readonly<Record<string, string>> {
  return {
    HELM_CACHE_HOME: join(scratch, 'cache'),
    HELM_CONFIG_HOME: join(scratch, 'config'),
    HELM_DATA_HOME: join(scratch, 'data'),
    HELM_PLUGINS: join(scratch, 'plugins'),
    HELM_REGISTRY_CONFIG: join(scratch, 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(scratch, 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(scratch, 'repository'),
    HELM_NO_PLUGINS: '1',
  };
}
