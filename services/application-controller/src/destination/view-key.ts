import { annotations } from '@tiphys/model';
import type { ClusterConfig } from '@tiphys/ports';
import type { ViewSettings } from '../live/cluster-view.ts';

/**
 * A text that changes with all that the view of a cluster is made by: its login, its scope, the settings, and the mark
 * by which users ask for a new listing.
 */
export const viewKeyOf = (
  { server, namespaces, clusterResources, credentials, annotations: marks }: ClusterConfig,
  { scripted, ...settings }: ViewSettings,
): string =>
  JSON.stringify([
    server,
    namespaces,
    clusterResources,
    credentials,
    marks[annotations.refresh],
    settings,
    scripted?.key,
  ]);
