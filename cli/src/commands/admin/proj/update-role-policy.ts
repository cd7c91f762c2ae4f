import { compileGlob } from '@tiphys/glob';
import { asJson, type AppProject, type KubeObject } from '@tiphys/model';
import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { formatDocument } from '../../../output/document.ts';
import { formatTextDiff } from '../../../output/text-diff.ts';
import { defineCommand } from '../../../program/definition.ts';
import { changeOf, withRolePolicies } from './role-policy.ts';

const MANAGER = 'argocd';

export const command = defineCommand({
  usage: 'PROJECT_GLOB MODIFICATION ACTION',
  args: { min: 3, max: 3 },
  description:
    'Sets or removes a policy of roles in all projects whose names match. Shows what would change; --dry-run=false writes it.',
  flags: {
    ...kubeFlags,
    resource: { kind: 'text', describe: 'Resource of the policy, such as applications' },
    scope: { kind: 'text', describe: 'Objects of the policy below the project: * or the name of one' },
    role: { kind: 'text', default: '*', describe: 'Roles, by a pattern of their names' },
    permission: { kind: 'text', describe: 'allow or deny' },
    'dry-run': { kind: 'switch', default: true, describe: 'Show what would change, and write nothing' },
  },
  examples: [
    {
      what: 'Let all roles named ci sync',
      line: "tiphys admin proj update-role-policy '*' set sync --resource applications --scope '*' --role ci --permission allow -n argocd",
    },
  ],
  async run(invocation, { args: [pattern = '', modification = '', action = ''], flags }) {
    const { out } = invocation;
    const { resource = '', scope = '', permission = '', role } = flags;
    const change = changeOf(modification, { action, resource, scope, permission, role });
    const isMeant = compileGlob(pattern) ?? (() => false);
    await withCluster(invocation, flags, async ({ api, namespace }) => {
      const { items } = await api.list(ownKinds.project, { namespace });
      for (const project of items.filter(({ metadata }) => isMeant(metadata.name ?? ''))) {
        const changed = withRolePolicies(project as AppProject & KubeObject, change) as unknown as KubeObject;
        if (changed === project) continue;
        out.line(`===== ${project.metadata.name ?? ''} ======`);
        out.write(
          formatTextDiff(specText(project), specText(changed), { format: 'normal', paint: out.paint }),
        );
        if (!flags['dry-run']) await api.replace(ownKinds.project, changed, { fieldManager: MANAGER });
      }
    });
    return 0;
  },
});

const specText = (project: KubeObject): string => formatDocument(asJson(project)['spec'], 'yaml');
