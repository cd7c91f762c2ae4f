import { asJson, configNames, hasCode, valueAt } from '@tiphys/model';
import { kubeFlags } from '../../kube/flags.ts';
import { withCluster } from '../../kube/own-cluster.ts';
import { ownKinds } from '../../kube/own-kinds.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

const { initialAdminSecret } = configNames;

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Prints the password that the account admin was given at the installation.',
  flags: kubeFlags,
  examples: [{ what: 'The first login', line: 'tiphys admin initial-password -n argocd' }],
  async run(invocation, { flags }) {
    const { out } = invocation;
    await withCluster(invocation, flags, async ({ api, namespace }) => {
      const secret = await api
        .get(ownKinds.secret, { namespace, name: initialAdminSecret })
        .catch((cause: unknown) => {
          if (hasCode(cause, 'not-found')) throw missing(namespace);
          throw cause;
        });
      const encoded = valueAt(asJson(secret), 'data', 'password');
      if (typeof encoded !== 'string' || encoded === '') throw missing(namespace);
      out.line(Buffer.from(encoded, 'base64').toString());
      out.line();
      out.line(' It is for the first login only. Set another one with `tiphys account update-password`.');
    });
    return 0;
  },
});

const missing = (namespace: string): Failure =>
  new Failure(`The namespace ${namespace} has no secret ${initialAdminSecret} with a password.`, {
    exitCode: exitCodes.general,
    hints: [
      'It is deleted once the password was changed; is -n the namespace of the control plane?',
      'A lost password is replaced by: tiphys admin initial-password reset',
    ],
  });
