import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import type { GoRuntime } from '@tiphys/ports';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { createGoRuntime } from './index.ts';

let wasmPath: string;
let go: GoRuntime;
beforeAll(async () => {
  wasmPath = await ensureGoWasm();
  go = createGoRuntime({ wasmPath });
});
afterAll(() => go.close());

const app = {
  metadata: { name: 'guestbook', labels: { team: 'web' }, annotations: null },
  spec: {
    project: 'default',
    source: { repoURL: 'git@example.com:shop/front.git' },
    replicas: 3,
    ratio: 0.5,
  },
  status: {
    operationState: { phase: 'Succeeded', startedAt: '2026-01-02T03:04:05Z' },
    health: { status: 'Healthy' },
  },
};

describe('templates', () => {
  it.each<[template: string, data: JsonValue, expected: string]>([
    ['plain', {}, 'plain'],
    ['{{.a}} {{.b}} {{.c}} {{.d}}', { a: 1, b: 1.5, c: true, d: null }, '1 1.5 true <no value>'],
    ['{{.n}}', { n: 12345678.9 }, '1.23456789e+07'],
    ['{{.n}}', { n: 9_007_199_254_740_993n }, '9007199254740993'],
    ['{{.missing}}', {}, '<no value>'],
    ['{{.m}}', { m: { b: 2, a: 1 } }, 'map[a:1 b:2]'],
    ['{{.l}}', { l: ['x', 'y'] }, '[x y]'],
    ['{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}', { m: { b: 'B', a: 'A' } }, 'a=A;b=B;'],
    ['{{if eq .n 3}}three{{else}}other{{end}}', { n: 3 }, 'three'],
    ['{{with .x}}in{{else}}out{{end}}', { x: '' }, 'out'],
    ['{{.s | upper | trunc 3 | quote}}', { s: 'argo' }, '"ARG"'],
    ['{{ .s | regexFind "[0-9]+" }}', { s: 'rel-42' }, '42'],
    ['{{ toJson .m }}', { m: { html: '<b>&' } }, '{"html":"\\u003cb\\u003e\\u0026"}'],
    ['{{ printf "%-5s|%03d" .s .n }}', { s: 'ab', n: 7 }, 'ab   |007'],
    ['{{- /* note */ -}} x {{- "" }}', {}, 'x'],
    ['{{ list "a" "b" | join "," }}{{ dict "k" 1 | toString }}', {}, 'a,bmap[k:1]'],
    ['{{ "☃" | len }}', {}, '3'],
    ['{{ default "none" .empty }}', { empty: '' }, 'none'],
    ['{{ semverCompare "^1.2.0" "1.9.3" }}', {}, 'true'],
    ['{{ date "2006-01-02" (toDate "2006-01-02" "2026-11-21") }}', {}, '2026-11-21'],
    ['{{ b64enc "hi" }} {{ sha256sum "a" | trunc 8 }}', {}, 'aGk= ca978112'],
  ])('%s', async (template, data, expected) => {
    expect(await go.renderTemplate(template, data)).toBe(expected);
  });

  it.each([
    ['{{ env "HOME" }}', 'function "env" not defined'],
    ['{{ expandenv "$HOME" }}', 'function "expandenv" not defined'],
    ['{{ getHostByName "localhost" }}', 'function "getHostByName" not defined'],
    ['{{ .a.b.c }', 'unexpected "}" in operand'],
    ['{{ if }}', 'missing value for if'],
    ['{{ .a.b }}', "can't evaluate field b in type"],
    ['{{ fail "told so" }}', 'told so'],
    ['{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', 'exceeded maximum template depth'],
  ])('refuses %s', async (template, message) => {
    await expect(go.renderTemplate(template, { a: 1 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(message),
    });
  });

  it('renders many, a bad one by itself', async () => {
    const results = await go.renderAll(['{{.a}}', '{{', '{{.b}}'], { a: 1, b: 2 });
    expect(results.map((result) => (result.ok ? result.value : 'error'))).toEqual(['1', 'error', '2']);
  });
});

describe('what notifications may call', () => {
  it.each([
    ['{{ (call .repo.RepoURLToHTTPS .app.spec.source.repoURL) }}', 'https://example.com/shop/front.git'],
    ['{{ call .repo.FullNameByRepoURL .app.spec.source.repoURL }}', 'shop/front'],
    ['{{ call .repo.FullNameByRepoURL "https://u:p@example.com/a/b.git" }}', 'a/b'],
    ['{{ call .repo.RepoURLToHTTPS "ssh://git@example.com:22/a/b.git" }}', 'https://example.com:22/a/b.git'],
    ['{{ call .repo.QueryEscape "a b&c" }}', 'a+b%26c'],
    ['{{ call .strings.ReplaceAll "a-b-c" "-" "_" }}', 'a_b_c'],
    [
      '{{ (call .time.Parse .app.status.operationState.startedAt).Local.Format "2006-01-02T15:04:05Z07:00" }}',
      '2026-01-02T03:04:05Z',
    ],
    ['{{ .secrets.token | toString }} {{ .secrets.token }}', 'abc [97 98 99]'],
    ['{{ slackUserByEmail "a@example.com" }}', '__SLACK_USER_EMAIL__a@example.com__'],
    ['{{ .context.argocdUrl }}/{{ .recipient }}', 'https://cd.example.com/room'],
  ])('%s', async (template, expected) => {
    const data = {
      app,
      context: { argocdUrl: 'https://cd.example.com' },
      secrets: { token: 'abc' },
      recipient: 'room',
    };
    const [result] = await go.renderAll([template], data, 'notifications');
    expect(result).toEqual({ ok: true, value: expected });
  });

  it('turns a panic of a function into an error', async () => {
    const [result] = await go.renderAll(['{{ call .time.Parse "yesterday" }}'], { app }, 'notifications');
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('cannot parse') });
  });
});

describe('expressions', () => {
  it.each<[expression: string, value: JsonValue, text: string]>([
    [
      "app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'",
      true,
      'true',
    ],
    ["app.status.sync?.status == 'Unknown'", false, 'false'],
    [
      "app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']",
      false,
      'false',
    ],
    ['app.spec.replicas + 1', 4, '4'],
    ['app.spec.replicas > 2 && app.spec.ratio < 1', true, 'true'],
    ['app.metadata.annotations', null, '<nil>'],
    ['app.nothing', null, '<nil>'],
    ['[app.metadata.name, app.spec.project]', ['guestbook', 'default'], '[guestbook default]'],
    ['app.metadata.name matches "^guest"', true, 'true'],
    ['len(app.metadata.name)', 9, '9'],
    ["any(['a','b'], # == 'b')", true, 'true'],
    ["time.Now().Sub(time.Parse('2020-01-01T00:00:00Z')).Hours() > 24", true, 'true'],
    [
      "time.Parse('2026-01-01T00:10:00Z').Sub(time.Parse(app.status.operationState.startedAt)).Minutes() < -5",
      true,
      'true',
    ],
    ["strings.ReplaceAll(app.metadata.name, 'guest', 'log')", 'logbook', 'logbook'],
    ['repo.FullNameByRepoURL(app.spec.source.repoURL)', 'shop/front', 'shop/front'],
  ])('%s', async (expression, value, text) => {
    const [result] = await go.evaluateAll([expression], { app }, 'notifications');
    expect(result).toEqual({ ok: true, value: { value, text } });
  });

  it('tells what is wrong with one and goes on with the others', async () => {
    const results = await go.evaluateAll(['app.', 'app.spec.missing.deeper', '1 + 1'], { app });
    expect(results.map((result) => result.ok)).toEqual([false, false, true]);
    await expect(go.evaluate('1 +', {})).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('version constraints', () => {
  const versions = ['v1.2.3', '1.10.0', '1.9.9', '2.0.0-rc.1', '2.0.0', 'not-a-version', 'v3.1'];
  it.each([
    ['*', 'v3.1'],
    ['>=1.0.0 <2', '1.10.0'],
    ['>= 1, < 2.0.0', '1.10.0'],
    ['^1.2', '1.10.0'],
    ['~1.9', '1.9.9'],
    ['1.2.x', 'v1.2.3'],
    ['2.0.0-rc.1', '2.0.0-rc.1'],
    ['~3', 'v3.1'],
    ['>4', undefined],
  ])('%s', async (constraint, expected) => {
    expect(await go.maxSatisfying(constraint, versions)).toBe(expected);
  });

  it('refuses what is no constraint', async () => {
    await expect(go.maxSatisfying('main', versions)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('bad input', () => {
  it('ends a template that does not end, and only that one', async () => {
    const strict = createGoRuntime({ wasmPath, deadlineMs: 1_000 });
    const endless = '{{ range $i := until 1000000 }}{{ range $j := until 1000000 }}{{ end }}{{ end }}';
    const [bad, good] = await Promise.allSettled([
      strict.renderTemplate(endless, {}),
      strict.renderTemplate('{{.a}}', { a: 'fine' }),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'deadline' } });
    expect(good).toEqual({ status: 'fulfilled', value: 'fine' });
    await strict.close();
  });

  it.each([
    [
      'a doubling string',
      '{{ $s := "xxxxxxxxxxxxxxxx" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}',
    ],
    ['a huge list', '{{ range untilStep 0 1000000000 1 }}{{ end }}'],
    ['one huge string', '{{ repeat 2000000000 "x" }}'],
  ])('ends a memory bomb: %s', async (_name, template) => {
    const before = process.memoryUsage().rss;
    const patient = createGoRuntime({ wasmPath, deadlineMs: 30_000 });
    await expect(patient.renderTemplate(template, {})).rejects.toMatchObject({ code: 'resource-exhausted' });
    expect(await patient.renderTemplate('{{.a}}', { a: 'fine' })).toBe('fine');
    await patient.close();
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
  });

  it('refuses an output of more than 4 MiB', async () => {
    await expect(
      go.renderTemplate('{{ range until 9000 }}{{ repeat 1000 "x" }}{{ end }}', {}),
    ).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('survives deep and hostile data', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as JsonValue;
    expect(await go.renderTemplate('{{ kindOf .a }}', deep)).toBe('map');
    expect(await go.renderTemplate('{{ .x }}', { x: '{{ fail "no" }}\u0000' })).toBe('{{ fail "no" }}\u0000');
  });
});

it('starts again whenever it was idle, and not after close', async () => {
  const napping = createGoRuntime({ wasmPath, idleMs: 0 });
  for (const text of ['1', '2', '3']) {
    expect(await napping.renderTemplate(text, {})).toBe(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await napping.close();
  await expect(napping.renderTemplate('4', {})).rejects.toMatchObject({ code: 'canceled' });
});

it('says what to do when the module is missing', async () => {
  const lost = createGoRuntime({ wasmPath: '/nonexistent/tiphys-go.wasm' });
  await expect(lost.renderTemplate('x', {})).rejects.toMatchObject({
    code: 'failed-precondition',
    message: expect.stringContaining('/nonexistent/tiphys-go.wasm'),
  });
});

describe('templates of ApplicationSets', () => {
  const one = async (template: string, data: JsonValue, options: readonly string[] = []) =>
    (await go.renderApplicationSet([template], data, options))[0];

  it.each<[template: string, data: JsonValue, expected: string]>([
    ['{{.n}} {{.big}}', { n: 3, big: 100000000 }, '3 1e+08'],
    ['{{ normalize "Team_A/Web." }}', {}, 'team-a-web'],
    ['{{ slugify "Feature/JIRA-1__fix the.thing" }}', {}, 'feature-jira-1-fix-the-thing'],
    ['{{ slugify 12 false "one-two-three-four" }}', {}, 'one-two-thre'],
    ['{{ slugify 12 true "one-two-three-four" }}', {}, 'one-two'],
    ['{{ .v | toYaml }}', { v: { b: [1], a: 'x' } }, 'a: x\nb:\n- 1'],
    ['{{ (fromYaml "a: {b: c}").a.b }}{{ (fromYamlArray "[x, y]") | len }}', {}, 'c2'],
    ['{{.missing}}', {}, '<no value>'],
  ])('%s', async (template, data, expected) => {
    expect(await one(template, data)).toEqual({ ok: true, value: expected });
  });

  it.each<[template: string, options: readonly string[], message: string]>([
    [
      'as-tpl-{{.nope}}',
      ['missingkey=error'],
      'failed to execute go template as-tpl-{{.nope}}: template: base:1:9: executing "base" at <.nope>: map has no entry for key "nope"',
    ],
    ['{{.a', [], 'failed to parse template {{.a: template: base:1: unclosed action'],
    ['x', ['missingkey=never'], 'unrecognized option: missingkey=never'],
    ['{{ slugify -1 false "a" }}', [], 'the greatest length is negative'],
    ['{{ env "HOME" }}', [], 'function "env" not defined'],
  ])('%s %j fails with its reason', async (template, options, message) => {
    const result = await one(template, {}, options);
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
  });
});
