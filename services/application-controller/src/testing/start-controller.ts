import { createJq } from '@tiphys/adapter-go-wasm';
import { inClusterConfig, loadKubeconfig, makeClusterConnector, makeKubeApi } from '@tiphys/adapter-kube';
import { createLuaRunner } from '@tiphys/adapter-lua';
import { createMemoryCache, createMemoryPubSub } from '@tiphys/adapter-redis';
import type { RepoServer } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { parseConfig } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { createMetrics } from '@tiphys/runtime/metrics';
import type { KubeAccess } from '@tiphys/testing/kube-env';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { ApplicationController } from '../application-controller.ts';
import { configSpec } from '../config.ts';

export interface StartOptions {
  readonly kube: KubeAccess;
  /** Namespace of the control plane. */
  readonly namespace: string;
  readonly repoServer: RepoServer;
  /** Options of the process, such as `--app-resync=2s`. */
  readonly args?: readonly string[];
}

/** The whole service in this process, on a real API server. For specs. */
export async function startController(options: StartOptions): Promise<{ stop(): Promise<void> }> {
  const { kube, namespace, repoServer } = options;
  const login = await loadKubeconfig({ clock: systemClock, path: kube.kubeconfigPath });
  const outcome = parseConfig(configSpec, {
    program: 'test',
    summary: '',
    argv: ['--metrics-port=0', '--address=127.0.0.1', ...(options.args ?? [])],
    env: {},
  });
  if (outcome.type !== 'config') throw new Error('no config');
  const lua = createLuaRunner();
  const jq = createJq({ wasmPath: await ensureGoWasm() });
  const commandRunner = { run: () => Promise.reject(new Error('no plugin is used here')) };
  return new ApplicationController({
    config: outcome.config,
    namespace,
    api: await makeKubeApi(login.connection, { clock: systemClock }),
    leaseApi: await makeKubeApi(login.connection, { clock: systemClock }),
    inCluster: inClusterConfig(),
    connector: makeClusterConnector({ clock: systemClock, own: login.connection, commandRunner }),
    repoServer,
    jq,
    lua,
    cache: createMemoryCache({ maxBytes: 10_000_000 }),
    pubSub: createMemoryPubSub(),
    clock: systemClock,
    logger: createLogger({ service: 'test', level: 'error' }),
    metrics: createMetrics(),
    release: async () => {
      await jq.close();
      await lua.close();
    },
  }).start();
}
