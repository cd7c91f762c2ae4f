import { randomBytes } from 'node:crypto';
import { configNames, hasCode } from '@tiphys/model';
import { kubeFlags } from '../../kube/flags.ts';
import { withCluster, type OwnCluster } from '../../kube/own-cluster.ts';
import { ownKinds } from '../../kube/own-kinds.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

const { secret: SECRET, initialAdminSecret: INITIAL } = configNames;
const BYTES = 18;
const COST = 10;
const MANAGER = 'argocd';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description:
    'Gives the account admin a new password at random, for when the old one is lost, and prints it. All older sessions of the account end.',
  flags: kubeFlags,
  examples: [{ what: 'The password is lost', line: 'tiphys admin initial-password reset -n argocd' }],
  async run(invocation, { flags }) {
    const password = randomBytes(BYTES).toString('base64url');
    await withCluster(invocation, flags, async (cluster) => {
      await setPassword(cluster, password, invocation.now());
      await keepPassword(cluster, password);
    });
    invocation.out.line(password);
    return 0;
  },
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

async function setPassword({ api, namespace }: OwnCluster, password: string, now: Date): Promise<void> {
  const { hash } = await import('bcryptjs');
  const data = {
    'admin.password': encoded(await hash(password, COST)),
    'admin.passwordMtime': encoded(now.toISOString().replace(/\.\d+Z$/, 'Z')),
  };
  try {
    const change = { type: 'merge', body: { data }, fieldManager: MANAGER } as const;
    await api.patch(ownKinds.secret, { namespace, name: SECRET }, change);
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    throw new Failure(`The namespace ${namespace} has no secret ${SECRET}.`, {
      exitCode: exitCodes.general,
      hints: ['Is -n the namespace of the control plane?'],
    });
  }
}

/** Where `initial-password` finds it. */
async function keepPassword({ api, namespace }: OwnCluster, password: string): Promise<void> {
  const metadata = { name: INITIAL, namespace };
  const data = { password: encoded(password) };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
  try {
    await api.create(ownKinds.secret, object, { fieldManager: MANAGER });
  } catch (error) {
    if (!hasCode(error, 'already-exists')) throw error;
    const change = { type: 'merge', body: { data }, fieldManager: MANAGER } as const;
    await api.patch(ownKinds.secret, metadata, change);
  }
}
