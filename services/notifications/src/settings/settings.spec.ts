import { describe, expect, it } from 'vitest';
import { readSettings, type SettingsSource } from './settings.ts';
import { variablesOf } from '../variables.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const read = (source: Partial<SettingsSource>) => {
  const made: unknown[] = [];
  const settings = readSettings({ notifications: {}, secret: {}, url: undefined, ...source }, (request) => {
    made.push(request);
    return { send: () => Promise.resolve() };
  });
  return { settings, made };
};

describe('readSettings', () => {
  it('makes each service with the values of the secret', () => {
    const { settings, made } = read({
      notifications: {
        'service.slack': 'token: $token\nlist: ["Bearer $token"]',
        'service.webhook.hook': 'url: x',
      },
      secret: { token: base64('s3cret') },
    });
    expect(made).toEqual([
      {
        type: 'slack',
        name: 'slack',
        options: { token: 's3cret', list: ['Bearer s3cret'] },
        secrets: ['s3cret'],
      },
      { type: 'webhook', name: 'hook', options: { url: 'x' }, secrets: ['s3cret'] },
    ]);
    expect(settings.notifier('hook')).toBeDefined();
    expect(settings.notifier('webhook')).toBeUndefined();
    expect(settings.redact(new Error('token s3cret')).message).toBe('token ********');
  });

  it('takes argocdUrl from argocd-cm unless the context has its own', () => {
    expect(read({ url: 'https://cd' }).settings.context).toEqual({ argocdUrl: 'https://cd' });
    const own = read({ url: 'https://cd', notifications: { context: 'argocdUrl: https://own\nx: z' } });
    expect(own.settings.context).toEqual({ argocdUrl: 'https://own', x: 'z' });
  });

  it('keys conditions as Argo CD does', () => {
    const { settings } = read({
      notifications: {
        'trigger.on-deployed': `- when: app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'`,
      },
    });
    expect(settings.config.triggers.get('on-deployed')?.[0]?.key).toBe('[0].y7b5sbwa2Q329JYH755peeq-fBs');
  });
});

describe('variablesOf', () => {
  const { settings } = read({ secret: { k: base64('v') }, url: 'https://cd' });
  it('tells templates the destination and triggers none', () => {
    expect(variablesOf({ a: 1 }, settings)).toEqual({
      app: { a: 1 },
      context: { notificationType: '', argocdUrl: 'https://cd' },
      secrets: { k: 'v' },
    });
    expect(variablesOf({}, settings, { service: 'slack', recipient: 'room' })).toMatchObject({
      context: { notificationType: 'slack' },
      serviceType: 'slack',
      recipient: 'room',
    });
  });
});
