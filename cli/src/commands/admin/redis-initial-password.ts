import { randomBytes } from 'node:crypto';
import { asJson, hasCode, stringAt } from '@tiphys/model';
import { kubeFlags } from '../../kube/flags.ts';
import { withCluster } from '../../kube/own-cluster.ts';
import { ownKinds } from '../../kube/own-kinds.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

const NAME = 'argocd-redis';
const KEY = 'auth';
const BYTES = 24;

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: `Makes sure that the secret ${NAME} has a password. One that is there stays; none is printed.`,
  flags: kubeFlags,
  examples: [{ what: 'Before the first start', line: 'tiphys admin redis-initial-password -n argocd' }],
  async run(invocation, { flags }) {
    const { out } = invocation;
    await withCluster(invocation, flags, async ({ api, namespace }) => {
      out.line(`Checking for initial Redis password in secret ${namespace}/${NAME} at key ${KEY}. `);
      const value = Buffer.from(randomBytes(BYTES).toString('base64url')).toString('base64');
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: NAME, namespace },
        data: { [KEY]: value },
      };
      try {
        await api.create(ownKinds.secret, secret, { fieldManager: 'argocd' });
        out.line('Initial Redis password created in the secret.');
      } catch (error) {
        if (!hasCode(error, 'already-exists')) throw error;
        const found = await api.get(ownKinds.secret, { name: NAME, namespace });
        if ((stringAt(asJson(found), 'data', KEY) ?? '') === '')
          throw new Failure(
            `The secret ${namespace}/${NAME} is there without a password at the key ${KEY}.`,
            {
              exitCode: exitCodes.general,
              hints: ['Delete it and try again, or put a password there.'],
            },
          );
        out.line('The secret has a password already; it stays.');
      }
    });
    return 0;
  },
});
