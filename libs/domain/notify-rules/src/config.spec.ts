import { describe, expect, it } from 'vitest';
import { parseNotificationConfig, subscribedByDefault } from './index.ts';

const digest = (text: string): string => `hash(${text})`;
const parse = (data: Record<string, string>) => parseNotificationConfig(data, digest);

describe('parseNotificationConfig', () => {
  it('reads every kind of entry', () => {
    const config = parse({
      'trigger.on-deployed': `
- when: app.status.health.status == 'Healthy'
  oncePer: app.status.sync.revision
  description: ignored
  send: [deployed, chart]
- when: "false"
  send: [other]`,
      'template.deployed': 'message: hi\nslack:\n  attachments: "[]"',
      'service.slack': 'token: $slack-token',
      'service.webhook.chat.ops': 'url: http://x',
      'service.webhook.github': 'url: http://x',
      context: 'argocdUrl: https://cd.example.com\nnumber: 5\nempty:',
      subscriptions: '- recipients: ["slack:room"]\n  triggers: [on-deployed]\n  selector: team=web',
      defaultTriggers: '- on-deployed',
      'defaultTriggers.slack': '- on-failed',
      unrelated: 'x: 1',
    });
    expect(config.triggers.get('on-deployed')).toEqual([
      {
        key: "[0].hash(app.status.health.status == 'Healthy')",
        when: "app.status.health.status == 'Healthy'",
        oncePer: 'app.status.sync.revision',
        send: ['deployed', 'chart'],
      },
      { key: '[1].hash(false)', when: 'false', oncePer: undefined, send: ['other'] },
    ]);
    expect(config.templates.get('deployed')).toEqual({ message: 'hi', slack: { attachments: '[]' } });
    expect([...config.services.values()]).toEqual([
      { name: 'slack', type: 'slack', options: { token: '$slack-token' } },
      { name: 'github', type: 'webhook', options: { url: 'http://x' } },
    ]);
    expect(config.context).toEqual({ argocdUrl: 'https://cd.example.com', number: '5', empty: '' });
    expect(config.defaultTriggers).toEqual(['on-deployed']);
    expect(config.serviceDefaultTriggers.get('slack')).toEqual(['on-failed']);
    expect(config.problems).toEqual([
      'service.webhook.chat.ops: the key must be service.<type> or service.<type>.<name>',
    ]);
  });

  it.each([
    ['trigger.bad', 'when: not a list'],
    ['trigger.bad', '- when: [1]'],
    ['trigger.bad', '- send: 5'],
    ['trigger.bad', '{unclosed'],
    ['template.bad', '- a list'],
    ['service.bad', 'just text'],
    ['context', '- a list'],
    ['context', 'key: {nested: true}'],
    ['subscriptions', '- recipients: x'],
    ['subscriptions', '- recipients: [x]\n  selector: "a in x"'],
    ['defaultTriggers', 'on-deployed'],
    ['defaultTriggers.slack', '{a: 1}'],
  ])('leaves out %s: %s, names it, and keeps the others', (key, text) => {
    const config = parse({
      [key]: text,
      'trigger.good': '- when: "true"\n  send: [x]',
      'template.x': 'message: m',
    });
    expect(config.problems).toHaveLength(1);
    expect(config.problems[0]).toMatch(new RegExp(`^${key.replaceAll('.', '\\.')}: .`));
    expect([...config.triggers.keys()]).toEqual(['good']);
    expect([...config.templates.keys()]).toEqual(['x']);
  });

  it('takes numbers and booleans without quotes as texts', () => {
    const config = parse({
      'trigger.always': '- when: true\n  oncePer: 1\n  send: [5, x]',
      subscriptions: '- recipients: [5]\n  triggers: [true]',
    });
    expect(config.triggers.get('always')).toEqual([
      { key: '[0].hash(true)', when: 'true', oncePer: '1', send: ['5', 'x'] },
    ]);
    expect(config.subscriptions).toMatchObject([{ recipients: ['5'], triggers: ['true'] }]);
  });

  it('takes empty entries as nothing', () => {
    const config = parse({
      'trigger.none': '',
      'template.none': '',
      'service.none': '',
      context: '',
      subscriptions: '',
    });
    expect(config.problems).toEqual([]);
    expect(config.triggers.get('none')).toEqual([]);
  });
});

describe('subscribedByDefault', () => {
  it('takes the subscriptions whose selector matches, with the default triggers where none is named', () => {
    const config = parse({
      subscriptions: `
- recipients: [slack:all, "webhook"]
- recipients: ["email:ops@example.com:25"]
  triggers: [on-failed]
  selector: team in (ops, infra), !quiet`,
      defaultTriggers: '[on-deployed, on-failed]',
    });
    const all = [
      { service: 'slack', recipient: 'all' },
      { service: 'webhook', recipient: '' },
    ];
    expect([...subscribedByDefault({ team: 'web' }, config)]).toEqual([
      ['on-deployed', all],
      ['on-failed', all],
    ]);
    expect(subscribedByDefault({ team: 'ops' }, config).get('on-failed')).toEqual([
      ...all,
      { service: 'email', recipient: 'ops@example.com' },
    ]);
    expect(subscribedByDefault({ team: 'ops', quiet: '' }, config).get('on-failed')).toEqual(all);
  });
});
