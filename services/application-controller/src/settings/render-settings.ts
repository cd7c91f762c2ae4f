import { signatureDemandOf } from '@tiphys/project-policy';
import { findRepository, usableBy } from '@tiphys/settings';
import { instanceNameOf } from '@tiphys/tracking';
import type { RenderSettings } from '../render/render-sources.ts';
import type { ControlPlane } from './control-plane.ts';

/** What renders need to know of the settings, as they are at that moment. */
export function renderSettingsOf(
  controlPlane: ControlPlane,
  { namespace, gpgEnabled }: { readonly namespace: string; readonly gpgEnabled: string },
): RenderSettings {
  const verifies = !['false', 'no'].includes(gpgEnabled.trim().toLowerCase());
  return {
    repositoryOf: (source, project) => findRepository(controlPlane.repositories, source, project),
    helmRepositories: (project) =>
      usableBy(controlPlane.repositories.repositories, project).filter(({ type }) => type === 'helm'),
    get options() {
      const { kustomizeBuildOptions, helmValuesFileSchemes, disabledTools } = controlPlane.settings;
      return { kustomizeBuildOptions, helmValuesFileSchemes, disabledTools };
    },
    signatureOf: (source, { spec }) => (verifies ? signatureDemandOf(spec, source) : undefined),
    instanceOf: ({ metadata }) =>
      instanceNameOf({ name: metadata.name ?? '', namespace: metadata.namespace ?? '' }, namespace),
  };
}
