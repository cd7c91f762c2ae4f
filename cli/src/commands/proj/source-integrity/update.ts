import type { IntegrityPolicy } from '../../../api/schemas/project.ts';
import { defineCommand, type FlagValues } from '../../../program/definition.ts';
import { split } from '../edit-project.ts';
import {
  formatPolicies,
  isAgreed,
  placeOf,
  policiesOf,
  policyFlags,
  warnOfUnknownKeys,
  withPolicies,
  yesFlag,
} from './policies.ts';

const flags = {
  ...policyFlags,
  'add-gpg-key': { kind: 'list', commas: true, describe: 'Ids of keys to add' },
  'delete-gpg-key': { kind: 'list', commas: true, describe: 'Ids of keys to take away' },
  'add-repo-url': { kind: 'list', commas: true, describe: 'Repositories to add' },
  'delete-repo-url': { kind: 'list', commas: true, describe: 'Repositories to take away' },
  yes: yesFlag,
} as const;

export const command = defineCommand({
  usage: 'PROJECT POLICY_ID',
  args: { min: 2, max: 2 },
  description: 'Changes one of the policies.',
  flags,
  examples: [
    {
      what: 'Only the newest commit has to be signed',
      line: 'tiphys proj source-integrity git policies update team-a 0 --gpg-mode head',
    },
  ],
  async run(invocation, { args: [name = '', id = ''], flags: values }) {
    const { projects } = await invocation.connect();
    const project = await projects.get(name);
    const before = policiesOf(project.spec);
    const at = placeOf(before, id);
    const policies = before.map((policy, index) => (index === at ? changed(policy, values) : policy));
    await warnOfUnknownKeys(invocation, policies[at]?.gpg?.keys ?? []);
    invocation.out.write(formatPolicies(policies));
    const question = `Are you sure you want to update policy ${id} from project "${name}"?`;
    if (!(await isAgreed(invocation, { yes: values.yes, question }))) return 0;
    await projects.update({ ...project, spec: withPolicies(project.spec, policies) });
    return 0;
  },
});

function changed(policy: IntegrityPolicy, values: FlagValues<typeof flags>): IntegrityPolicy {
  const urls = (policy.repos ?? []).map(({ url }) => url ?? '');
  const keys = policy.gpg?.keys ?? [];
  const repos = listed(urls, [values['repo-url'], values['add-repo-url'], values['delete-repo-url']]);
  return {
    ...policy,
    repos: repos.map((url) => ({ url })),
    gpg: {
      ...policy.gpg,
      mode: values['gpg-mode'] ?? policy.gpg?.mode,
      keys: listed(keys, [values['gpg-key'], values['add-gpg-key'], values['delete-gpg-key']]),
    },
  };
}

type Lists = readonly [whole: readonly string[], added: readonly string[], removed: readonly string[]];

function listed(before: readonly string[], [whole, added, removed]: Lists): string[] {
  const base = whole.length > 0 ? split(whole) : before;
  const gone = new Set(split(removed));
  return [...new Set([...base, ...split(added)])].filter((each) => !gone.has(each));
}
