import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '../kube-env/index.ts';
import { poll, privateFolder, type PrivateFolder } from '../processes/index.ts';
import { startPodRunner, type PodRunner, type PodRunnerOptions } from './index.ts';

let kube: KubeAccess;
let namespace: TestNamespace;
let logs: PrivateFolder;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = await kube.createNamespace('init');
  logs = await privateFolder('logs');
});
afterAll(async () => {
  await namespace.remove();
  await logs.remove();
});

const shell = (name: string, script: string): object => ({
  name,
  image: 'example/shell:1',
  command: ['sh', '-c', script],
  volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
});

async function deploy(name: string, init: readonly object[], script: string): Promise<PodRunnerOptions> {
  const labels = { app: name };
  const spec = {
    initContainers: init,
    containers: [shell('main', script)],
    volumes: [{ name: 'shared', emptyDir: {} }],
    automountServiceAccountToken: false,
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
  await kube.apply(deployment, namespace.name);
  const path = ['/usr/bin', '/bin'];
  return { kube, namespace: namespace.name, selector: `app=${name}`, path, logFolder: join(logs.path, name) };
}

it('runs init containers one after another, before the others', async () => {
  const init = [shell('one', 'echo one > /shared/log'), shell('two', 'echo two >> /shared/log')];
  const runner: PodRunner = await startPodRunner(
    await deploy('ordered', init, 'cat /shared/log; exec sleep 600'),
  );
  const [pod] = runner.pods;
  await poll(() => pod?.containers[0]?.logTail().includes('one\ntwo') === true, {
    what: 'the container has seen both',
    timeoutMs: 20_000,
  });
  await runner.stop('SIGKILL');
});

it('does not start a pod whose init container fails', async () => {
  const options = await deploy('failing', [shell('one', 'echo no disk; exit 3')], 'exec sleep 600');
  await expect(startPodRunner(options)).rejects.toThrow(/failing-0?.*-one failed \(exit code 3\): no disk/s);
});
