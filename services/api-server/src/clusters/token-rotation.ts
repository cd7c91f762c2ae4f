import { TiphysError, asJson, isJsonObject, messageOf, stringAt } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';

/** Milliseconds that a cluster has to fill a new token in. */
const TOKEN_MS = 30_000;
const PAUSE_MS = 200;

/** The service account behind a long-lived token, and the secret that holds it. */
interface TokenHolder {
  readonly namespace: string;
  readonly secret: string;
  readonly account: string;
}

/** A token that takes over from another. */
export interface NewToken {
  readonly token: string;
  /** Deletes the secret of the old token, which ends it. */
  retireOld(): Promise<void>;
}

/**
 * Makes another token for the service account of a token, in a secret of its own.
 * @throws TiphysError `unknown` with the reason: the token is of another kind, or the cluster refuses
 */
export async function renewToken(api: KubeApi, token: string): Promise<NewToken> {
  try {
    const holder = holderOf(token);
    const made = await api.create(ownKinds.secret, secretFor(holder));
    const { name = '' } = made.metadata;
    const fresh = await filled(api, { name, namespace: holder.namespace });
    const old = { name: holder.secret, namespace: holder.namespace };
    return { token: fresh, retireOld: () => api.delete(ownKinds.secret, old) };
  } catch (error) {
    throw new TiphysError('unknown', `failed to generate new cluster manager secret: ${messageOf(error)}`);
  }
}

/** Claims are read, not trusted: the cluster checks what the caller may do there. */
function holderOf(token: string): TokenHolder {
  const claims = claimsOf(token);
  const claim = (key: string): string => stringAt(claims, `kubernetes.io/serviceaccount/${key}`) ?? '';
  const holder = {
    namespace: claim('namespace'),
    secret: claim('secret.name'),
    account: claim('service-account.name'),
  };
  if (Object.values(holder).some((part) => !/^[a-z0-9][a-z0-9.-]*$/u.test(part))) {
    throw new TiphysError(
      'invalid',
      'the token names no secret of a service account that it could be renewed in',
    );
  }
  return holder;
}

function claimsOf(token: string): JsonObject {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isJsonObject(claims) ? claims : {};
  } catch {
    return {};
  }
}

const secretFor = ({ namespace, account }: TokenHolder): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/service-account-token',
  metadata: {
    generateName: `${account}-token-`,
    namespace,
    annotations: { 'kubernetes.io/service-account.name': account },
  },
});

async function filled(
  api: KubeApi,
  name: { readonly name: string; readonly namespace: string },
): Promise<string> {
  const deadline = performance.now() + TOKEN_MS;
  for (;;) {
    const secret = await api.get(ownKinds.secret, name);
    const token = stringAt(asJson(secret), 'data', 'token') ?? '';
    if (token !== '') return Buffer.from(token, 'base64').toString();
    if (performance.now() > deadline) {
      throw new TiphysError(
        'deadline',
        `the cluster put no token into the secret ${name.namespace}/${name.name}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
