import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';

/** An object of a backup, with the namespace that it goes to. */
export interface BackupObject {
  readonly resource: ApiResource;
  readonly object: KubeObject;
}

const resources: readonly ApiResource[] = Object.values(ownKinds);
/** Kinds that may live outside the namespace of the control plane. */
const SPREAD: ReadonlySet<string> = new Set(['Application', 'ApplicationSet']);

/**
 * The objects of a backup. All of it is read before anything is written. Errors: `Failure` naming the document that
 * cannot be part of a backup.
 */
export function readBackup(text: string, file: string, ownNamespace: string): readonly BackupObject[] {
  return parseKubernetesObjects(text, { file }).map((document, index) =>
    backupObject(document, `document ${String(index + 1)} of ${file}`, ownNamespace),
  );
}

function backupObject(document: JsonObject, where: string, ownNamespace: string): BackupObject {
  const { kind, apiVersion } = document as { readonly kind: string; readonly apiVersion: string };
  const resource = resources.find(
    (one) => one.kind === kind && apiVersion === [one.group, one.version].filter(Boolean).join('/'),
  );
  if (resource === undefined) throw refused(`${where}: a ${apiVersion} ${kind} is no part of a backup.`);
  const name = stringAt(document, 'metadata', 'name') ?? '';
  if (name === '') throw refused(`${where}: the ${kind} has no name.`);
  const namespace = stringAt(document, 'metadata', 'namespace') || ownNamespace;
  if (namespace !== ownNamespace && !SPREAD.has(kind))
    throw refused(
      `${where}: the ${kind} ${name} is for the namespace ${namespace}, but belongs into that of the control plane, ${ownNamespace}.`,
    );
  const metadata = isJsonObject(document['metadata']) ? document['metadata'] : {};
  return {
    resource,
    object: { ...document, apiVersion, kind, metadata: { ...metadata, name, namespace } },
  };
}

const refused = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });
