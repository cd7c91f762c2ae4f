import { parseKubernetesObjects } from '@tiphys/yaml';
import { messageOf, stringAt, type JsonObject } from '@tiphys/model';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { readLocalFile } from '../app/spec/local-file.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const PATIENCE_MS = 30_000;

/**
 * The ApplicationSets of files or addresses (`-`: standard input). One without a namespace gets the given one.
 * @throws Failure for what cannot be read, and for objects of another kind
 */
export async function appsetsIn(
  { prompter, out }: Pick<Invocation, 'prompter' | 'out'>,
  places: readonly string[],
  namespace: string | undefined,
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (const place of places) {
    const text = place === '-' ? await prompter.readAll() : await read(place);
    const objects = parseKubernetesObjects(text, { file: place === '-' ? 'standard input' : place });
    if (objects.length === 0) throw failure(`${place} holds no ApplicationSet.`);
    for (const object of objects) found.push(inNamespace(checked(object, place), namespace, out));
  }
  return found;
}

const read = (place: string): Promise<string> =>
  /^https?:\/\//i.test(place) ? fetched(place) : readLocalFile(place);

async function fetched(address: string): Promise<string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`it answers ${String(response.status)}`);
    const text = await response.text();
    if (text.length > MAX_BYTES) throw new Error(`it is larger than ${String(MAX_BYTES)} bytes`);
    return text;
  } catch (error) {
    throw failure(`${address} cannot be read: ${messageOf(error)}`);
  }
}

function checked(object: JsonObject, place: string): JsonObject {
  if (stringAt(object, 'kind') !== 'ApplicationSet') {
    const name = stringAt(object, 'metadata', 'name') ?? '';
    throw failure(
      `${place} holds the ${stringAt(object, 'kind') ?? ''} ${name}, which is not an ApplicationSet.`,
    );
  }
  return object;
}

function inNamespace(object: JsonObject, namespace: string | undefined, out: Invocation['out']): JsonObject {
  if (namespace === undefined || (stringAt(object, 'metadata', 'namespace') ?? '') !== '') return object;
  out.line(`ApplicationSet YAML file does not have namespace; using --appset-namespace="${namespace}".`);
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), namespace } };
}

const failure = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });
