import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { root, type Outcome } from './run-cli.ts';
import { runHere, type HereOptions } from './run-here.ts';

type Applied = Parameters<KubeAccess['apply']>[0];

/** A namespace of a real API server with the objects that a control plane keeps its state in, and nothing that runs. */
export class Installation {
  readonly kube: KubeAccess;
  readonly #namespace: TestNamespace;

  private constructor(kube: KubeAccess, namespace: TestNamespace) {
    this.kube = kube;
    this.#namespace = namespace;
  }

  static async create(prefix: string): Promise<Installation> {
    const kube = await sharedKubeEnv();
    for (const name of ['applications', 'appprojects', 'applicationsets']) {
      const text = readFileSync(join(root, 'k8s', 'crds', `${name}.yaml`), 'utf8');
      await kube.applyAll(parseKubernetesObjects(text, { file: name }) as unknown as Applied[]);
    }
    return new Installation(kube, await kube.createNamespace(prefix));
  }

  get namespace(): string {
    return this.#namespace.name;
  }

  /** Runs the program against this namespace. */
  run(words: readonly string[], options: HereOptions = {}): Promise<Outcome> {
    const env = { KUBECONFIG: this.kube.kubeconfigPath, ...options.env };
    return runHere([...words, '-n', this.namespace], { ...options, env });
  }

  async apply(yaml: string): Promise<void> {
    const objects = parseKubernetesObjects(yaml, { file: 'the test' });
    await this.kube.applyAll(objects as unknown as Applied[], this.namespace);
  }

  find<T>(kind: string, name: string, apiVersion = 'v1'): Promise<T | undefined> {
    return this.kube.find<T>({ apiVersion, kind, name, namespace: this.namespace });
  }

  remove(): Promise<void> {
    return this.#namespace.remove();
  }
}
