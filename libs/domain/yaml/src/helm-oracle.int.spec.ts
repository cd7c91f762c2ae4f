import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveTool } from '@tiphys/toolchain';
import { parseYamlDocuments } from './documents.ts';

const scalars = [
  'yes',
  'Yes',
  'YES',
  'yEs',
  'no',
  'on',
  'On',
  'off',
  'OFF',
  'y',
  'Y',
  'n',
  'N',
  'true',
  'True',
  'TRUE',
  'tRue',
  'false',
  'null',
  'Null',
  'NULL',
  '~',
  '0',
  '-0',
  '+1',
  '007',
  '0777',
  '08',
  '0o17',
  '0O17',
  '0x1f',
  '0X1F',
  '-0x1f',
  '0b11',
  '0B11',
  '-0b11',
  '1_000',
  '_1',
  '1__0',
  '0x_1f',
  '1e3',
  '1E3',
  '1e+3',
  '1.5e-3',
  '.5',
  '5.',
  '-.5',
  '+.5',
  '1.2.3',
  '1.',
  '.',
  '+',
  '0.0',
  '1:30',
  '12:30:45',
  '190:20:30',
  '2024-01-02',
  '2024-01-02T03:04:05Z',
  '2024-01-02 03:04:05',
  '1d',
  '1Mi',
  '100m',
  '1e',
  'e1',
  '0x',
  '0b',
  '0o',
  '0xg',
  '=',
  '<',
  '!!str 1',
  '!!int "3"',
  '!!float 1',
  '!!bool "yes"',
  '"a\\tb"',
  "'it''s'",
  '|\n    text\n    more',
  '>-\n    folded\n    text',
  '[a, b]',
  '{a: b}',
  '[1, 0x10, yes, ~]',
  '9007199254740991',
  '123456789',
  '1.0',
  '100000000000000000000',
  '-1.5',
  '"0777"',
  '!!binary aGk=',
];

it('reads every scalar as the Kubernetes tools in Go do', { timeout: 120_000 }, async () => {
  const helm = await resolveTool('helm');
  const chart = await mkdtemp(join(tmpdir(), 'tiphys-oracle-'));
  try {
    const text = scalars.map((scalar, index) => `k${String(index)}: ${scalar}\n`).join('');
    await mkdir(join(chart, 'templates'));
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: oracle\nversion: 1.0.0\n');
    await writeFile(join(chart, 'v.yaml'), `all:\n${text.replaceAll(/^/gm, '  ')}`);
    await writeFile(join(chart, 'templates/out.yaml'), 'out: {{ .Values.all | toJson | b64enc | quote }}\n');
    const output = execFileSync(helm, ['template', 'x', chart, '--values', join(chart, 'v.yaml')], {
      env: { HOME: chart },
      encoding: 'utf8',
    });
    const encoded = /out: "([^"]*)"/.exec(output)?.[1] ?? '';
    const theirs = JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, unknown>;
    const ours = parseYamlDocuments(text, { file: 'v.yaml' })[0] as unknown as Record<string, unknown>;
    const readings = scalars.map((scalar, index) => [scalar, ours[`k${String(index)}`] ?? null]);
    expect(readings).toEqual(scalars.map((scalar, index) => [scalar, theirs[`k${String(index)}`] ?? null]));
  } finally {
    await rm(chart, { recursive: true, force: true });
  }
});
