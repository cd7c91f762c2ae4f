import { readFile } from 'node:fs/promises';
import { asKubeObject, isJsonObject, messageOf } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { exitCodes, Failure } from '../../program/failure.ts';

export type Data = Readonly<Record<string, string>>;

const refused = (message: string, cause?: unknown): Failure =>
  new Failure(message, { exitCode: exitCodes.general, cause });

/** The text of a file. @throws Failure that names it */
export const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw refused(`The file ${path} cannot be read: ${messageOf(cause)}`, cause);
  });

/** The first object of a file. @throws Failure where there is none */
export async function readObject(path: string): Promise<KubeObject> {
  const [first] = parseKubernetesObjects(await readText(path), { file: path });
  const object = asKubeObject(first);
  if (object === undefined) throw refused(`${path} holds no object with apiVersion, kind and metadata.`);
  return object;
}

/** The data of a config map or a secret, as text. */
export function dataOf(object: KubeObject): Data {
  const plain = textsOf(object['data']);
  if (object.kind !== 'Secret') return plain;
  const decoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return { ...(Object.fromEntries(decoded) as Data), ...textsOf(object['stringData']) };
}

function textsOf(value: unknown): Data {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

/** The data of a config map or secret out of a file. @throws Failure where the file holds something else */
export async function readDataFile(path: string, kind: 'ConfigMap' | 'Secret'): Promise<Data> {
  const object = await readObject(path);
  if (object.kind !== kind) throw refused(`${path} holds a ${object.kind}, not a ${kind}.`);
  return dataOf(object);
}
