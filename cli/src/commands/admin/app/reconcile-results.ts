import { asJson, isJsonObject, stringAt, type JsonObject, type KubeObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { readText } from '../read-object.ts';

/** How an Application is, as its status says. */
export function resultOf(app: KubeObject): JsonObject {
  const { status } = asJson(app);
  const of = (key: string) => (isJsonObject(status) ? status[key] : undefined);
  const { metadata } = app;
  return {
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    health: of('health') ?? {},
    sync: syncOf(of('sync')),
    conditions: of('conditions') ?? [],
  };
}

/** What was compared is in the spec. */
function syncOf(sync: JsonObject[string]): JsonObject {
  if (!isJsonObject(sync)) return {};
  const { comparedTo: _comparedTo, ...rest } = sync;
  return rest;
}

/** The results of a file by the names of their Applications. @throws Failure where it holds none */
export async function readResults(path: string): Promise<ReadonlyMap<string, JsonObject>> {
  const [document] = parseYamlDocuments(await readText(path), { file: path });
  const list = isJsonObject(document) ? document['applications'] : undefined;
  if (!Array.isArray(list))
    throw new Failure(`${path} holds no results of get-reconcile-results.`, { exitCode: exitCodes.general });
  const results = (list as readonly JsonObject[]).filter(isJsonObject);
  return new Map(results.map((result) => [nameOf(result), result]));
}

const nameOf = (result: JsonObject): string =>
  [stringAt(result, 'namespace'), stringAt(result, 'name')].filter(Boolean).join('/');
