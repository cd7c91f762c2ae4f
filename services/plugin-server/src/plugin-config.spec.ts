import { describe, expect, it } from 'vitest';
import { canDiscover, parsePluginConfig, socketName } from './plugin-config.ts';

const head = 'apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: cdk8s}\n';
const generate = '  generate: {command: [sh, -c], args: [cat all.yaml]}\n';

describe('plugin.yaml', () => {
  it('needs a name and a generate command, and has defaults for the rest', () => {
    const config = parsePluginConfig(`${head}spec:\n${generate}`);
    expect(config.spec).toMatchObject({
      version: '',
      init: { command: [], args: [] },
      generate: { command: ['sh', '-c'], args: ['cat all.yaml'] },
      preserveFileMode: false,
      provideGitCreds: false,
    });
    expect([socketName(config), canDiscover(config)]).toEqual(['cdk8s', false]);
  });

  it('is read as people write it: keys without a value, fields of older versions', () => {
    const config = parsePluginConfig(
      `${head}spec:\n  version: v1.0\n${generate}  init:\n  discover:\n    find:\n      glob: "**/*.ts"\n` +
        '  parameters:\n    static:\n    - {name: a, collectionType: map, map: {x: why}}\n' +
        '  allowConcurrency: false\n  lockRepo: true\n  someday: new\n',
    );
    expect(socketName(config)).toBe('cdk8s-v1.0');
    expect(canDiscover(config)).toBe(true);
    expect(config.spec.parameters.static).toMatchObject([{ name: 'a', map: { x: 'why' }, array: [] }]);
  });

  it.each([
    ['nothing', '', /apiVersion: .*kind: .*metadata: .*spec: /],
    ['another kind', head.replace('ConfigManagementPlugin', 'ConfigMap') + `spec:\n${generate}`, /kind: /],
    [
      'no name',
      head.replace('name: cdk8s', 'name: ""') + `spec:\n${generate}`,
      /metadata\.name: must not be empty/,
    ],
    [
      'a name with a way out',
      head.replace('cdk8s', '../x') + `spec:\n${generate}`,
      /metadata\.name: must be letters/,
    ],
    ['no command', `${head}spec:\n  generate: {args: [x]}\n`, /spec\.generate\.command: must not be empty/],
    [
      'a command that is a text',
      `${head}spec:\n  generate: {command: cat all.yaml}\n`,
      /spec\.generate\.command: /,
    ],
    ['two documents', `${head}spec:\n${generate}---\na: 1\n`, /must hold one document/],
    ['no YAML', 'a: [', /cannot read plugin\.yaml/],
  ])('says what is wrong with %s', (_name, text, message) => {
    expect(() => parsePluginConfig(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => parsePluginConfig(text)).toThrow(message);
  });
});
