import type { ControlSettings } from '@tiphys/settings';
import type { ViewSettings } from '../live/cluster-view.ts';

/** How clusters are viewed, as the settings have it. */
export const viewSettingsOf = ({
  tracking,
  exclusions,
  inclusions,
  live,
}: ControlSettings): ViewSettings => ({
  tracking,
  filters: { exclusions, inclusions },
  respectRbac: live.respectRbac,
  customLabels: live.customLabels,
  nodeLabels: live.nodeLabels,
  updates: { isOn: live.ignoresUpdates, rules: live.ignoredUpdates },
});
