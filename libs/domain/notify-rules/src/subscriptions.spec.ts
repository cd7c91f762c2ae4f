import { describe, expect, it } from 'vitest';
import { mergeDestinations, parseLabelSelector, subscribedByAnnotations } from './index.ts';

const defaults = {
  defaultTriggers: ['on-deployed', 'on-failed'],
  serviceDefaultTriggers: new Map([['email', ['on-mail']]]),
};
const prefix = 'notifications.argoproj.io';
const read = (annotations: Record<string, string>) =>
  Object.fromEntries(subscribedByAnnotations(annotations, defaults).destinations);

describe('subscribedByAnnotations', () => {
  it.each<[key: string, value: string, expected: Record<string, unknown>]>([
    ['subscribe.on-x.slack', 'room', { 'on-x': [{ service: 'slack', recipient: 'room' }] }],
    [
      'subscribe.on-x.slack',
      ' a ; b;;c; ',
      { 'on-x': ['a', 'b', 'c'].map((recipient) => ({ service: 'slack', recipient })) },
    ],
    ['subscribe.on-x.hook', '', { 'on-x': [{ service: 'hook', recipient: '' }] }],
    ['subscribe.on-x.hook', ' ', { 'on-x': [] }],
    [
      'subscribe.slack',
      'room',
      {
        'on-deployed': [{ service: 'slack', recipient: 'room' }],
        'on-failed': [{ service: 'slack', recipient: 'room' }],
      },
    ],
    ['subscribe.email', 'a@example.com', { 'on-mail': [{ service: 'email', recipient: 'a@example.com' }] }],
    [
      'subscriptions',
      '- trigger: [on-a, on-b]\n  destinations:\n  - service: slack\n    recipients: [x, -100]',
      {
        'on-a': [
          { service: 'slack', recipient: 'x' },
          { service: 'slack', recipient: '-100' },
        ],
        'on-b': [
          { service: 'slack', recipient: 'x' },
          { service: 'slack', recipient: '-100' },
        ],
      },
    ],
    ['subscriptions', '- trigger: [on-a]', {}],
    ['other', 'x', {}],
  ])('%s: %s', (key, value, expected) => {
    expect(read({ [`${prefix}/${key}`]: value, 'argocd.argoproj.io/refresh': 'normal' })).toEqual(expected);
  });

  it('names a list that cannot be read and keeps the other annotations', () => {
    const { destinations, problems } = subscribedByAnnotations(
      { [`${prefix}/subscriptions`]: 'trigger: {', [`${prefix}/subscribe.on-x.slack`]: 'room' },
      defaults,
    );
    expect(problems).toEqual([
      expect.stringMatching(/^annotation notifications\.argoproj\.io\/subscriptions cannot be read/),
    ]);
    expect([...destinations.keys()]).toEqual(['on-x']);
  });
});

describe('mergeDestinations', () => {
  it('names each destination of a trigger once', () => {
    const a = { service: 'slack', recipient: 'a' };
    const b = { service: 'slack', recipient: 'b' };
    const merged = mergeDestinations(
      new Map([['on-x', [a, a]]]),
      new Map([
        ['on-x', [b, a]],
        ['on-y', [a]],
      ]),
    );
    expect([...merged]).toEqual([
      ['on-x', [a, b]],
      ['on-y', [a]],
    ]);
  });
});

describe('parseLabelSelector', () => {
  const labels = { team: 'web', tier: '', 'app.kubernetes.io/name': 'x' };
  it.each<[selector: string, matches: boolean | undefined]>([
    ['', true],
    ['team=web', true],
    ['team == web , tier=', true],
    ['team!=web', false],
    ['team!=ops', true],
    ['missing!=x', true],
    ['team in (ops, web)', true],
    ['team notin (ops, web)', false],
    ['missing notin (x)', true],
    ['team', true],
    ['!team', false],
    ['! missing', true],
    ['constructor', false],
    ['app.kubernetes.io/name=x', true],
    ['team in web', undefined],
    ['=x', undefined],
    ['a b', undefined],
    ['team=web,', undefined],
  ])('%s', (selector, expected) => {
    expect(parseLabelSelector(selector)?.(labels)).toBe(expected);
  });
});
