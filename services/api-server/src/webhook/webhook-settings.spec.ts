import { describe, expect, it } from 'vitest';
import type { ServerSettings } from '../settings/server-settings.ts';
import { WebhookSettings } from './webhook-settings.ts';

const MIB = 1024 * 1024;

function settingsOf(
  cm: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): WebhookSettings {
  const known: Pick<ServerSettings, 'cm' | 'secret' | 'referenced'> = {
    cm: (key) => cm[key] ?? '',
    secret: (key) => secrets[key] ?? '',
    referenced: (reference) => secrets[reference],
  };
  return new WebhookSettings(known);
}

describe('the settings of webhooks', () => {
  it.each<[text: string | undefined, megabytes: number]>([
    [undefined, 5],
    ['', 5],
    ['50', 50],
    [' 1 ', 1],
    ['0', 5],
    ['-3', 5],
    ['many', 5],
  ])('a payload may have %j MB: %d', (text, megabytes) => {
    const settings = settingsOf(text === undefined ? {} : { 'webhook.maxPayloadSizeMB': text });
    expect(settings.maxBytes).toBe(megabytes * MIB);
  });

  it.each<[text: string, ms: number]>([
    ['', 0],
    ['30s', 30_000],
    ['-5s', 0],
    ['soon', 0],
  ])('refreshes are spread over %j: %d ms', (text, ms) => {
    expect(settingsOf({ 'webhook.refresh.jitter': text }).jitterMs).toBe(ms);
  });

  it.each<[value: string, secret: string]>([
    ['word\n', 'word'],
    ['$other', 'of-other'],
    ['$mine:key', 'of-mine'],
    ['$nothing', '$nothing'],
    ['$empty', '$empty'],
    ['', ''],
  ])('the secret %j is %j', (value, secret) => {
    const secrets = { given: value, other: 'of-other', 'mine:key': 'of-mine', empty: '' };
    expect(settingsOf({}, secrets).secret('given')).toBe(secret);
  });
});
