import { defineCommand } from '../../../program/definition.ts';
import { isAgreed, placeOf, policiesOf, withPolicies, yesFlag } from './policies.ts';

export const command = defineCommand({
  usage: 'PROJECT POLICY_ID...',
  args: { min: 2, max: Infinity },
  description: 'Deletes policies: what they are for needs no signed commits any more.',
  flags: { yes: yesFlag },
  examples: [{ what: 'The first policy', line: 'tiphys proj source-integrity git policies delete team-a 0' }],
  async run(invocation, { args: [name = '', ...ids], flags }) {
    const { projects } = await invocation.connect();
    const project = await projects.get(name);
    const policies = policiesOf(project.spec);
    const gone = new Set(ids.map((id) => placeOf(policies, id)));
    const question = `Are you sure you want to delete policies ${ids.join(', ')} from project "${name}"?`;
    if (!(await isAgreed(invocation, { yes: flags.yes, question }))) return 0;
    const kept = policies.filter((_policy, at) => !gone.has(at));
    await projects.update({ ...project, spec: withPolicies(project.spec, kept) });
    return 0;
  },
});
