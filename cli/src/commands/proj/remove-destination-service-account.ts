import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT SERVER NAMESPACE SERVICE_ACCOUNT',
  args: { min: 4, max: 4 },
  description: 'Takes the service account of a destination away.',
  flags: {},
  examples: [
    {
      what: 'The account of a team',
      line: 'tiphys proj remove-destination-service-account team-a https://kubernetes.default.svc team-a deployer',
    },
  ],
  async run(invocation, { args: [name = '', server = '', namespace = '', account = ''] }) {
    await editProject(invocation, name, (spec) => {
      const accounts = spec.destinationServiceAccounts ?? [];
      const kept = accounts.filter(
        (each) =>
          each.server !== server || each.namespace !== namespace || each.defaultServiceAccount !== account,
      );
      if (kept.length === accounts.length) {
        throw new Failure('Specified destination service account does not exist in project');
      }
      return { ...spec, destinationServiceAccounts: kept };
    });
    return 0;
  },
});
