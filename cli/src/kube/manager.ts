import { stringAt } from '@tiphys/model';
import type { Terminal } from '../output/terminal.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import { askKube } from './client.ts';
import type { KubeContext } from './kubeconfig.ts';

const ACCOUNT = 'argocd-manager';
const ROLE = `${ACCOUNT}-role`;
const BINDING = `${ACCOUNT}-role-binding`;
const TOKEN = `${ACCOUNT}-long-lived-token`;
const RBAC = 'rbac.authorization.k8s.io';
const EVERYTHING = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const TOKEN_MS = 30_000;
const PAUSE_MS = 250;

export interface ManagerPlace {
  readonly namespace: string;
  /** Namespaces that it may work in; none for all. */
  readonly limitedTo: readonly string[];
  /** An account that is there already. */
  readonly account: string | undefined;
}

/** The token of a service account with the rights that the control plane needs; what is missing of it is made. */
export async function managerToken(
  context: KubeContext,
  place: ManagerPlace,
  err: Terminal,
): Promise<string> {
  const { namespace } = place;
  const account = place.account ?? ACCOUNT;
  if (place.account === undefined) {
    await apply(context, err, `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: ACCOUNT, namespace },
    });
    for (const [path, object] of rightsOf(place)) await apply(context, err, path, object);
  }
  const secret = place.account === undefined ? TOKEN : `${account}-long-lived-token`;
  await apply(context, err, `/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name: secret, namespace, annotations: { 'kubernetes.io/service-account.name': account } },
  });
  return tokenIn(context, `/api/v1/namespaces/${namespace}/secrets/${secret}`);
}

interface KubeObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
  readonly [field: string]: unknown;
}

function rightsOf({ namespace, limitedTo }: ManagerPlace): readonly (readonly [path: string, KubeObject])[] {
  const apiVersion = `${RBAC}/v1`;
  const subjects = [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }];
  const root = `/apis/${RBAC}/v1`;
  if (limitedTo.length === 0) {
    const rules = [EVERYTHING, { nonResourceURLs: ['*'], verbs: ['*'] }];
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE };
    return [
      [`${root}/clusterroles`, { apiVersion, kind: 'ClusterRole', metadata: { name: ROLE }, rules }],
      [
        `${root}/clusterrolebindings`,
        { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: BINDING }, roleRef, subjects },
      ],
    ];
  }
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: ROLE };
  return limitedTo.flatMap((where) => [
    [
      `${root}/namespaces/${where}/roles`,
      { apiVersion, kind: 'Role', metadata: { name: ROLE, namespace: where }, rules: [EVERYTHING] },
    ] as const,
    [
      `${root}/namespaces/${where}/rolebindings`,
      { apiVersion, kind: 'RoleBinding', metadata: { name: BINDING, namespace: where }, roleRef, subjects },
    ] as const,
  ]);
}

async function apply(
  context: KubeContext,
  err: Terminal,
  collection: string,
  object: KubeObject,
): Promise<void> {
  const { name, namespace } = object.metadata;
  const path = `${collection}/${name}?fieldManager=argocd&force=true`;
  const type = 'application/apply-patch+yaml';
  const { status, body } = await askKube(context, { method: 'PATCH', path, body: object, type });
  if (status >= 300) {
    const reason = stringAt(body, 'message') ?? `status ${String(status)}`;
    throw new Failure(`cannot make the ${object.kind} ${name}: ${reason}`, { exitCode: exitCodes.general });
  }
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  err.line(`${object.kind} "${name}"${where} ${status === 201 ? 'created' : 'is there'}`);
}

async function tokenIn(context: KubeContext, path: string): Promise<string> {
  const deadline = performance.now() + TOKEN_MS;
  for (;;) {
    const token = stringAt((await askKube(context, { method: 'GET', path })).body, 'data', 'token') ?? '';
    if (token !== '') return Buffer.from(token, 'base64').toString();
    if (performance.now() > deadline)
      throw new Failure(`the cluster put no token into ${path}`, { exitCode: exitCodes.general });
    const { setTimeout: pause } = await import('node:timers/promises');
    await pause(PAUSE_MS);
  }
}
