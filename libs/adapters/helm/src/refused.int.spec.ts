import { describe, expect, it } from 'vitest';
import type { TreeFiles } from '@tiphys/testing/render';
import { HelmStage, chart, show } from './testing/helm-stage.ts';
import type { RenderSettings } from './testing/helm-stage.ts';

const stage = new HelmStage();

describe('refused input names the file and no path of this machine', () => {
  const cm = show('.Values.a');
  it.each<[string, TreeFiles, RenderSettings, string, RegExp]>([
    [
      'no chart',
      { 'chart/values.yaml': '' },
      {},
      'not-found',
      /there is no chart in chart: chart\/Chart\.yaml is missing/,
    ],
    [
      'a chart file that does not parse',
      chart(cm, { 'chart/Chart.yaml': 'a: [' }),
      {},
      'invalid',
      /cannot read chart\/Chart\.yaml: line/,
    ],
    [
      'a missing value file',
      chart(cm),
      { helm: { valueFiles: ['gone.yaml'] }, request: { revision: 'abc123' } },
      'not-found',
      /the value file "gone\.yaml" does not exist in chart at revision abc123/,
    ],
    [
      'a value file beyond the root',
      chart(cm),
      { helm: { valueFiles: ['../../outside/x.yaml'] } },
      'invalid',
      /\.\.\/\.\.\/outside\/x\.yaml: it leads out of the repository/,
    ],
    [
      'a value file that is a link outside',
      chart(cm, { 'v/l.yaml': { link: '/etc/passwd' } }),
      { helm: { valueFiles: ['/v/l.yaml'] } },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'a file parameter beyond the root',
      chart(cm),
      { helm: { fileParameters: [{ name: 'a', path: '../../x' }] } },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'a missing file parameter',
      chart(cm),
      { helm: { fileParameters: [{ name: 'a', path: 'gone.txt' }] } },
      'not-found',
      /gone\.txt/,
    ],
    [
      'a scheme that is not allowed',
      chart(cm),
      { helm: { valueFiles: ['s3://bucket/x.yaml'] } },
      'invalid',
      /uses the scheme s3, which is not allowed/,
    ],
    [
      'remote files switched off',
      chart(cm),
      { helm: { valueFiles: ['https://example.com/x.yaml'] }, options: { helmValuesFileSchemes: [] } },
      'invalid',
      /the scheme https, which is not allowed/,
    ],
    [
      'a file address',
      chart(cm),
      { helm: { valueFiles: ['file:///etc/passwd'] }, options: { helmValuesFileSchemes: ['file'] } },
      'invalid',
      /the scheme file, which is not allowed/,
    ],
    [
      'an unknown reference',
      chart(cm),
      { helm: { valueFiles: ['$other/x.yaml'] } },
      'invalid',
      /"\$other\/x\.yaml" refers to \$other, but no source of the Application has ref: other/,
    ],
    [
      'a reference that climbs',
      chart(cm),
      { helm: { valueFiles: ['$values/../x.yaml'] }, ref: {} },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'values that do not parse',
      chart(cm, { 'chart/v.yaml': 'a: [' }),
      { helm: { valueFiles: ['v.yaml'] } },
      'failed-precondition',
      /cannot render the chart in chart: .*v\.yaml/s,
    ],
    [
      'inline values that do not parse',
      chart(cm),
      { helm: { values: 'a: [' } },
      'failed-precondition',
      /spec\.source\.helm\.values/,
    ],
    [
      'a template that fails',
      chart('{{ fail "need foo" }}'),
      {},
      'failed-precondition',
      /chart\/templates\/cm\.yaml:1:3\).*need foo/s,
    ],
    [
      'a template that makes no YAML',
      chart('a: [{{ .Values.a }}'),
      {},
      'failed-precondition',
      /chart\/templates\/cm\.yaml/,
    ],
    [
      'a template that makes no object',
      chart('a: {{ .Values.a }}'),
      {},
      'invalid',
      /chart\/templates\/cm\.yaml is not a Kubernetes object/,
    ],
    [
      'a link that leaves the chart',
      chart(cm, { 'chart/templates/l.yaml': { link: '/etc/passwd' } }),
      {},
      'invalid',
      /chart\/templates\/l\.yaml: .*leads out of the repository/,
    ],
    [
      'a schema that refers to a file',
      chart(cm, { 'chart/values.schema.json': '{"$ref": "\\u0066ile:///etc/hostname"}' }),
      {},
      'invalid',
      /chart\/values\.schema\.json refers to the file "file:\/\/\/etc\/hostname"/,
    ],
    [
      'a schema that refers to a file by its path',
      chart(cm, { 'chart/values.schema.json': '{"allOf": [{"$ref": "etc/hostname"}]}' }),
      {},
      'invalid',
      /refers to the file "etc\/hostname"/,
    ],
    [
      'a release name that is none',
      chart(cm),
      { helm: { releaseName: 'No Good' } },
      'failed-precondition',
      /release name/,
    ],
    [
      'a Kubernetes version that is none',
      chart(cm),
      { helm: { kubeVersion: 'x' } },
      'failed-precondition',
      /cannot render the chart in chart/,
    ],
    [
      'an endless template',
      chart('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}'),
      { timeoutMs: 15_000 },
      'failed-precondition',
      /cannot render the chart in chart/,
    ],
  ])('%s', async (...[, files, settings, code, message]) => {
    const failure = await stage.render(files, settings).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toMatch(/tiphys-tree-|scratch/);
  });

  it('a remote value file that is not there, its login unseen', async () => {
    const url = new URL('/gone.yaml?token=secret', stage.repo.url).href;
    const failure = await stage
      .render(chart(cm), { helm: { valueFiles: [url] } })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/gone\.yaml: .*status 404/),
    });
    expect((failure as Error).message).not.toContain('secret');
  });
});
