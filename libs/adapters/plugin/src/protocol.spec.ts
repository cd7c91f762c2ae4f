import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../../..');
const source = (name: string): string => readFileSync(resolve(root, 'proto/plugin', name), 'utf8');

/** `message: field number type` of every field in a text of ours, which has one field a line. */
function fieldsOf(text: string): readonly string[] {
  const found: string[] = [];
  let message = '';
  for (const line of text.split('\n')) {
    message = /^message (\w+) \{/.exec(line)?.[1] ?? message;
    const [, type = '', field, number] =
      /^\s+((?:repeated )?[\w.]+(?:<[\w, ]+>)?) (\w+) = (\d+);/.exec(line) ?? [];
    if (field !== undefined && number !== undefined) found.push(`${message}: ${field} ${number} ${type}`);
  }
  return found;
}

/** No table of facts holds the plugin protocol, so what sidecars rely on stands here. */
const PROTOCOL = [
  'AppStreamRequest: metadata 1 ManifestRequestMetadata',
  'AppStreamRequest: file 2 File',
  'ManifestRequestMetadata: appName 1 string',
  'ManifestRequestMetadata: appRelPath 2 string',
  'ManifestRequestMetadata: checksum 3 string',
  'ManifestRequestMetadata: size 4 int64',
  'ManifestRequestMetadata: env 5 repeated EnvEntry',
  'EnvEntry: name 1 string',
  'EnvEntry: value 2 string',
  'File: chunk 1 bytes',
  'ManifestResponse: manifests 1 repeated string',
  'ManifestResponse: sourceType 2 string',
  'RepositoryResponse: isSupported 1 bool',
  'RepositoryResponse: isDiscoveryEnabled 2 bool',
  'ParametersAnnouncementResponse: parameterAnnouncements 1 repeated repository.ParameterAnnouncement',
  'CheckPluginConfigurationResponse: isDiscoveryConfigured 1 bool',
  'CheckPluginConfigurationResponse: provideGitCreds 2 bool',
];

const RPCS = [
  'GenerateManifest(stream AppStreamRequest) returns (ManifestResponse)',
  'CheckPluginConfiguration(google.protobuf.Empty) returns (CheckPluginConfigurationResponse)',
  'MatchRepository(stream AppStreamRequest) returns (RepositoryResponse)',
  'GetParametersAnnouncement(stream AppStreamRequest) returns (ParametersAnnouncementResponse)',
];

describe('the plugin protocol', () => {
  const plugin = source('plugin/plugin.proto');

  it('has the names and numbers that sidecars speak', () => {
    expect(fieldsOf(plugin)).toEqual(PROTOCOL);
    expect(plugin).toContain('package plugin;');
    expect(plugin).toContain('service ConfigManagementPluginService {');
    expect([...plugin.matchAll(/rpc (.+?) \{\}/g)].map(([, rpc]) => rpc)).toEqual(RPCS);
  });

  it('announces parameters as the public API does', () => {
    const table = resolve(root, '../shared/wire/messages.tsv');
    if (!existsSync(table)) {
      process.stderr.write('skipped: the fact table messages.tsv is not here\n');
      return;
    }
    const rows = readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([message]) => message === 'repository.ParameterAnnouncement')
      .map(([, field = '', number = '', type = '', label = '']) => {
        const spelled = type.replace(',', ', ');
        return `ParameterAnnouncement: ${field} ${number} ${label === 'repeated' ? 'repeated ' : ''}${spelled}`;
      });
    expect(rows).not.toEqual([]);
    expect(fieldsOf(source('repository/announcement.proto')).toSorted()).toEqual(rows.toSorted());
  });
});
