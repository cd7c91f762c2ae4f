import { existsSync } from 'node:fs';
import { asJson, hasCode, type JsonObject } from '@tiphys/model';
import type { GoRuntime } from '@tiphys/ports';
import { carried } from '../../../core/carried.ts';
import type { KubeValues } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { readObject } from '../read-object.ts';

/** An Application of a file, or of the cluster by its name. */
export async function readApplication(
  invocation: Invocation,
  flags: KubeValues,
  name: string,
): Promise<JsonObject> {
  if (existsSync(name)) return asJson(await readObject(name));
  return withCluster(invocation, flags, async ({ api, namespace }) => {
    try {
      return asJson(await api.get(ownKinds.application, { namespace, name }));
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error;
      throw new Failure(`There is neither a file ${name} nor an application of that name in ${namespace}.`, {
        exitCode: exitCodes.general,
      });
    }
  });
}

/** Go templates and expressions for the time of `use`. */
export async function withGo<T>(use: (go: GoRuntime) => Promise<T>): Promise<T> {
  const { createGoRuntime, findGoModule } = await import('@tiphys/adapter-go-wasm');
  const wasmPath = carried('wasm/tiphys-go.wasm') ?? findGoModule(import.meta.dirname);
  const go = createGoRuntime({ wasmPath, deadlineMs: 5_000 });
  try {
    return await use(go);
  } finally {
    await go.close();
  }
}
