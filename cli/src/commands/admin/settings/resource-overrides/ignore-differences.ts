import { defineCommand } from '../../../../program/definition.ts';
import { settingsFlags } from '../flags.ts';
import { isConfigured, showIgnored } from './ignored.ts';
import { statusRules } from './status-rules.ts';
import { nothingConfigured, readSubject } from './subject.ts';

const JQ_MS = 1_000;

export const command = defineCommand({
  usage: 'RESOURCE_YAML_PATH',
  args: { min: 1, max: 1 },
  description: 'Shows which fields of an object do not count when it is compared.',
  flags: settingsFlags,
  examples: [
    {
      what: 'By the settings of a file',
      line: 'tiphys admin settings resource-overrides ignore-differences deployment.yaml --argocd-cm-path argocd-cm.yaml',
    },
  ],
  async run(invocation, { args: [path = ''], flags }) {
    const subject = await readSubject(invocation, flags, path);
    const { diff } = subject.settings;
    if (!isConfigured(diff.ignoreDifferences, subject)) {
      invocation.out.line(nothingConfigured('Ignore differences', subject));
      return 0;
    }
    const rules = [...diff.ignoreDifferences, ...statusRules(diff)];
    await showIgnored(subject, { rules, setting: 'ignoreDifferences', timeoutMs: JQ_MS }, invocation.out);
    return 0;
  },
});
