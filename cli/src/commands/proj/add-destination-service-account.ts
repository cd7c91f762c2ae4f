import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT SERVER NAMESPACE SERVICE_ACCOUNT',
  args: { min: 4, max: 4 },
  description: 'Gives syncs to a destination the rights of a service account.',
  flags: {
    'service-account-namespace': {
      kind: 'text',
      describe: 'Namespace of the account (default: that of the destination)',
    },
  },
  examples: [
    {
      what: 'The account of a team',
      line: 'tiphys proj add-destination-service-account team-a https://kubernetes.default.svc team-a deployer',
    },
  ],
  async run(invocation, { args: [name = '', server = '', namespace = '', account = ''], flags }) {
    const owner = flags['service-account-namespace'];
    const defaultServiceAccount = owner === undefined ? account : `${owner}:${account}`;
    await editProject(invocation, name, (spec) => {
      const accounts = spec.destinationServiceAccounts ?? [];
      if (accounts.some((each) => each.server === server && each.namespace === namespace)) {
        throw new Failure('Specified destination service account is already defined in project');
      }
      const added = { server, namespace, defaultServiceAccount };
      return { ...spec, destinationServiceAccounts: [...accounts, added] };
    });
    return 0;
  },
});
