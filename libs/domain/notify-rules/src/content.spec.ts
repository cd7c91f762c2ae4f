import { describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { addTemplate, isStatusCurrent, templateTexts, withSecrets } from './index.ts';

const render = (texts: readonly { readonly text: string }[]) => texts.map(({ text }) => text.toUpperCase());

describe('templates of a message', () => {
  it('render the texts and take the rest as it is', () => {
    const template = {
      message: 'hi',
      email: { subject: 'subject', body: '' },
      slack: { attachments: '[]', notifyBroadcast: true, deliveryPolicy: 'Post' },
      webhook: { chat: { method: 'post', path: '/p', body: 'b' }, other: { body: 'o' } },
      teams: { title: 'later' },
    };
    const texts = templateTexts(template);
    expect(texts.map(({ path }) => path.join('.'))).toEqual([
      'message',
      'email.subject',
      'email.body',
      'slack.attachments',
      'webhook.chat.body',
      'webhook.chat.path',
      'webhook.other.body',
    ]);
    expect(addTemplate({}, template, render(texts))).toEqual({
      message: 'HI',
      email: { subject: 'SUBJECT' },
      slack: { attachments: '[]', notifyBroadcast: true, deliveryPolicy: 'Post' },
      webhook: { chat: { method: 'post', path: '/P', body: 'B' }, other: { body: 'O' } },
      teams: { title: 'later' },
    });
  });

  it('add up: an empty message keeps the earlier one, a Slack text replaces it', () => {
    const first = addTemplate({}, { message: 'a', slack: { blocks: 'x' } }, ['first', 'blocks']);
    expect(addTemplate(first, { message: 'b', slack: { blocks: 'y' } }, ['', ''])).toEqual({
      message: 'first',
      slack: { blocks: '' },
    });
  });
});

describe('withSecrets', () => {
  it('puts values in place of references, anywhere in the options, and leaves unknown ones', () => {
    const secrets = new Map([
      ['token', 's3cr$et'],
      ['a-b_c', 'x'],
    ]);
    const options = {
      token: '$token',
      list: ['Bearer $token', '$a-b_c!'],
      n: 5,
      other: '$missing $5',
      no: null,
    };
    expect(withSecrets(options, secrets)).toEqual({
      token: 's3cr$et',
      list: ['Bearer s3cr$et', 'x!'],
      n: 5,
      other: '$missing $5',
      no: null,
    });
  });
});

describe('isStatusCurrent', () => {
  const app = (status: Record<string, unknown>): Application => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a' },
    spec: { project: 'default', destination: {} },
    status,
  });
  const operation = { operation: {}, startedAt: '2026-01-01T00:00:00Z' };
  it.each<[name: string, status: Record<string, unknown>, expected: boolean]>([
    ['no operation', {}, true],
    ['a running one', { operationState: { ...operation, phase: 'Running' } }, true],
    ['a finished one without a time', { operationState: { ...operation, phase: 'Succeeded' } }, false],
    [
      'compared before it finished',
      {
        operationState: { ...operation, phase: 'Failed', finishedAt: '2026-01-01T00:00:05Z' },
        reconciledAt: '2026-01-01T00:00:04Z',
      },
      false,
    ],
    [
      'compared when it finished',
      {
        operationState: { ...operation, phase: 'Error', finishedAt: '2026-01-01T00:00:05Z' },
        reconciledAt: '2026-01-01T00:00:05Z',
      },
      true,
    ],
    [
      'observed later',
      {
        operationState: { ...operation, phase: 'Succeeded', finishedAt: '2026-01-01T00:00:05Z' },
        observedAt: '2026-01-01T00:00:06Z',
      },
      true,
    ],
  ])('%s', (_name, status, expected) => {
    expect(isStatusCurrent(app(status))).toBe(expected);
  });
});
