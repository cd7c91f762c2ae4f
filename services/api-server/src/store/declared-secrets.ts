import { TiphysError, annotations, asJson, hasCode, labelOf, labels } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Manager of the fields that the server writes. */
const MANAGER = 'argocd';
/** Value of the annotation `managed-by` on what the API made, and may delete. */
const MANAGED_BY = 'argocd.argoproj.io';
const MAX_ATTEMPTS = 10;

/** A secret that declares a repository, credentials or a cluster, about to be written. */
export interface SecretDraft {
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Writes the secrets that declare repositories, credentials and clusters; reads are of the newest state. */
export class DeclaredSecrets {
  readonly #api: KubeApi;
  readonly #store: ObjectStore;
  readonly #namespace: string;

  constructor(api: KubeApi, store: ObjectStore, namespace: string) {
    this.#api = api;
    this.#store = store;
    this.#namespace = namespace;
  }

  ofType(type: string): readonly KubeObject[] {
    return [...this.#store.values()].filter((secret) => labelOf(secret, labels.secretType) === type);
  }

  /** Errors: `already-exists`, after which the view holds the other one where it is of any such type. */
  async create(name: string, type: string, draft: SecretDraft): Promise<KubeObject> {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        namespace: this.#namespace,
        labels: { ...draft.labels, [labels.secretType]: type },
        annotations: { ...draft.annotations, [annotations.managedBy]: MANAGED_BY },
      },
      type: 'Opaque',
      data: encoded(draft.data),
    };
    try {
      return this.#written(await this.#api.create(ownKinds.secret, secret, { fieldManager: MANAGER }));
    } catch (error) {
      if (hasCode(error, 'already-exists')) await this.#look(name);
      throw scrubbed(error, 'create', name);
    }
  }

  /**
   * Changes a secret that others may change at the same time: `change` gets the newest version. Keys that the draft
   * leaves out go; labels and annotations it leaves out stay.
   */
  async change(secret: KubeObject, change: (current: KubeObject) => SecretDraft): Promise<KubeObject> {
    const name = secret.metadata.name ?? '';
    for (let round = 1; ; round++) {
      try {
        const current = round === 1 ? (this.#known(secret) ?? secret) : await this.#read(secret);
        const next = merged(current, change(current));
        return this.#written(await this.#api.replace(ownKinds.secret, next, { fieldManager: MANAGER }));
      } catch (error) {
        if (!hasCode(error, 'conflict') || round >= MAX_ATTEMPTS) throw scrubbed(error, 'change', name);
      }
    }
  }

  /** Deletes what the API made; of what somebody else made it takes only the label that declares it. */
  async remove(secret: KubeObject): Promise<void> {
    const { name = '', namespace = '', uid = '' } = secret.metadata;
    try {
      if (secret.metadata.annotations?.[annotations.managedBy] === MANAGED_BY) {
        await this.#api.delete(ownKinds.secret, { name, namespace }, { uid });
      } else {
        const body = { metadata: { uid, labels: { [labels.secretType]: null } } };
        await this.#api.patch(
          ownKinds.secret,
          { name, namespace },
          { type: 'merge', body, fieldManager: MANAGER },
        );
      }
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw scrubbed(error, 'remove', name);
    }
    this.#store.forget(secret);
  }

  #known(secret: KubeObject): KubeObject | undefined {
    const known = this.#store.get(secret.metadata.namespace ?? '', secret.metadata.name ?? '');
    return known?.metadata.uid === secret.metadata.uid ? known : undefined;
  }

  async #read({ metadata: { name = '', namespace = '' } }: KubeObject): Promise<KubeObject> {
    return this.#api.get(ownKinds.secret, { name, namespace });
  }

  async #look(name: string): Promise<void> {
    const found = await this.#api.get(ownKinds.secret, { name, namespace: this.#namespace });
    if (labelOf(found, labels.secretType) !== undefined) this.#store.observe(found);
  }

  #written(secret: KubeObject): KubeObject {
    this.#store.observe(secret);
    return secret;
  }
}

const encoded = (data: SecretDraft['data']): JsonObject =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );

function merged(current: KubeObject, draft: SecretDraft): KubeObject {
  const { metadata } = current;
  return {
    ...asJson(current),
    metadata: {
      ...metadata,
      labels: draft.labels ?? metadata.labels ?? {},
      annotations: {
        ...(draft.annotations ?? metadata.annotations),
        [annotations.managedBy]: managedBy(current),
      },
    },
    data: encoded(draft.data),
  } as unknown as KubeObject;
}

const managedBy = (current: KubeObject): string =>
  current.metadata.annotations?.[annotations.managedBy] ?? MANAGED_BY;

/**
 * What the API server says of a secret that it refuses may quote the secret: only what it says of labels, annotations
 * and names is told on, else the kind of failure alone.
 */
function scrubbed(error: unknown, verb: string, name: string): unknown {
  if (!(error instanceof TiphysError) || error.code === 'already-exists') return error;
  if (error.code === 'invalid' && error.message.includes('metadata.') && !error.message.includes('data['))
    return error;
  return new TiphysError(
    error.code,
    `cannot ${verb} the secret ${name}: the cluster answered "${error.code}"`,
    error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs },
  );
}
