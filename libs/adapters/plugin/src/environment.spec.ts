import { describe, expect, it } from 'vitest';
import { pluginEnvironment } from './environment.ts';

const build = { ARGOCD_APP_NAME: 'shop', KUBE_VERSION: '1.36.3' };

describe('the environment of a plugin', () => {
  it('is the build environment, and an empty list of parameters is no list', () => {
    expect(pluginEnvironment({}, build)).toEqual({ ...build, ARGOCD_APP_PARAMETERS: 'null' });
    expect(pluginEnvironment({ parameters: [] }, build)['ARGOCD_APP_PARAMETERS']).toBe('[]');
  });

  it("has the source's own variables with a prefix, so that they replace nothing", () => {
    const env = [
      { name: 'PATH', value: '/evil' },
      { name: 'X', value: '' },
    ];
    expect(pluginEnvironment({ env }, build)).toMatchObject({
      ARGOCD_ENV_PATH: '/evil',
      ARGOCD_ENV_X: '',
      ARGOCD_APP_NAME: 'shop',
    });
    expect(pluginEnvironment({ env }, build)).not.toHaveProperty('PATH');
  });

  it('has the parameters as JSON and each by itself', () => {
    const parameters = [
      { name: 'values-files', array: ['a.yaml', 'b.yaml'] },
      { name: 'helm.params', map: { 'image.tag': 'v2', 'a-b': '1' } },
      { name: 'version', string: '' },
    ];
    expect(pluginEnvironment({ parameters }, {})).toEqual({
      ARGOCD_APP_PARAMETERS:
        '[{"array":["a.yaml","b.yaml"],"name":"values-files"},' +
        '{"map":{"a-b":"1","image.tag":"v2"},"name":"helm.params"},{"name":"version","string":""}]',
      PARAM_VALUES_FILES_0: 'a.yaml',
      PARAM_VALUES_FILES_1: 'b.yaml',
      PARAM_HELM_PARAMS_IMAGE_TAG: 'v2',
      PARAM_HELM_PARAMS_A_B: '1',
      PARAM_VERSION: '',
    });
  });
});
