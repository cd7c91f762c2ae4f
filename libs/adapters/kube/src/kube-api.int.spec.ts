import { kubeApiContract } from '@tiphys/testing/contracts';
import { startTcpProxy } from '@tiphys/testing/tcp-proxy';
import { startKubeEnv } from '@tiphys/testing/kube-env';
import { systemClock } from '@tiphys/runtime/clock';
import { connectionOfEnv } from './spec-connection.ts';
import { makeKubeApi } from './kube-api.ts';

const reflector = {
  stallMs: 2_000,
  listStallMs: 5_000,
  retry: { firstMs: 100, maxMs: 500 },
  refused: { firstMs: 200, maxMs: 500 },
};

kubeApiContract('over undici, on a real API server', async () => {
  const env = await startKubeEnv({ controllerManager: false, scheduler: false, kwok: false });
  const proxy = await startTcpProxy(Number(new URL(env.apiUrl).port));
  const options = { clock: systemClock, reflector };
  const { name: namespace } = await env.createNamespace('kube-api');
  const connection = connectionOfEnv(env.connection);
  const api = await makeKubeApi({ ...connection, server: `https://127.0.0.1:${proxy.port}` }, options);
  const other = await makeKubeApi(connection, options);
  return {
    api,
    other,
    link: proxy,
    namespace,
    restartServer: () => env.restartApiServer(),
    async close() {
      await Promise.all([api.close(), other.close()]);
      await proxy.close();
      await env.stop();
    },
  };
});
