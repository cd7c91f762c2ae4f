import { defineCommand } from '../../../../program/definition.ts';
import { secondsOf } from '../../../lifetime.ts';
import { settingsFlags } from '../flags.ts';
import { isConfigured, showIgnored } from './ignored.ts';
import { statusRules } from './status-rules.ts';
import { nothingConfigured, readSubject } from './subject.ts';

const JQ_FLAG = 'ignore-normalizer-jq-execution-timeout';

export const command = defineCommand({
  usage: 'RESOURCE_YAML_PATH',
  args: { min: 1, max: 1 },
  description: 'Shows which fields of a live object may change without anything being compared anew.',
  flags: {
    ...settingsFlags,
    [JQ_FLAG]: { kind: 'text', default: '1s', describe: 'Longest time of one jq expression' },
  },
  examples: [
    {
      what: 'By the settings of a file',
      line: 'tiphys admin settings resource-overrides ignore-resource-updates scaler.yaml --argocd-cm-path argocd-cm.yaml',
    },
  ],
  async run(invocation, { args: [path = ''], flags }) {
    const subject = await readSubject(invocation, flags, path);
    const { live, diff } = subject.settings;
    if (!isConfigured(live.ignoredUpdates, subject)) {
      invocation.out.line(nothingConfigured('Ignore resource updates', subject));
      return 0;
    }
    const rules = [...live.ignoredUpdates, ...statusRules(diff)];
    const timeoutMs = secondsOf(flags[JQ_FLAG], JQ_FLAG) * 1_000;
    await showIgnored(subject, { rules, setting: 'ignoreResourceUpdates', timeoutMs }, invocation.out);
    return 0;
  },
});
