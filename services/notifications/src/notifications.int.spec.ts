import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import { createWorld, installCrds, secrets, type World } from '@tiphys/testing/notifications';
import { poll } from '@tiphys/testing/processes';

beforeAll(installCrds, 240_000);

const worlds: World[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));
async function newWorld(): Promise<World> {
  const world = await createWorld();
  worlds.push(world);
  return world;
}

const subscribe = (trigger: string, service = 'hook', recipient = ''): Record<string, string> => ({
  [`notifications.argoproj.io/subscribe.${trigger}.${service}`]: recipient,
});
const operation = (phase: string): JsonObject => ({
  operation: {},
  phase,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:05Z',
});
const compared = { reconciledAt: '2026-01-01T00:00:10Z' };
const deployed = (revision: string): JsonObject => ({
  ...compared,
  operationState: operation('Succeeded'),
  health: { status: 'Healthy' },
  sync: { status: 'Synced', revision },
});
const degraded = { health: { status: 'Degraded' } };
const healthy = { health: { status: 'Healthy' } };

/** Waits until every earlier event was looked at: a later one of another Application has led to its message. */
async function settle(world: World): Promise<void> {
  const name = `settle-${Math.random().toString(36).slice(2)}`;
  await world.createApp(name, subscribe('on-health-degraded'));
  await world.setStatus(name, degraded);
  await poll(() => world.hook.requests.some(({ path }) => path === `/${name}`), { what: 'the last message' });
}

const messagesOf = (world: World, name: string) =>
  world.hook.requests.filter(({ path }) => path === `/${name}`);

describe('the four triggers', () => {
  it('reach a webhook, Slack and a mailbox, once', async () => {
    const world = await newWorld();
    const service = await world.start();
    await world.createApp('shop', {
      ...subscribe('on-deployed'),
      ...subscribe('on-deployed', 'slack', 'room-a; room-b'),
      ...subscribe('on-deployed', 'email', 'ops@example.com'),
      ...subscribe('on-sync-failed'),
      ...subscribe('on-health-degraded'),
      ...subscribe('on-sync-status-unknown'),
    });
    await world.setStatus('shop', deployed('rev1'));
    await poll(async () => Object.keys(await world.sentKeys('shop')).length === 4, {
      what: 'four sent-keys',
    });

    expect(messagesOf(world, 'shop')).toMatchObject([
      { method: 'POST', body: '{"app":"shop","what":"is deployed"}' },
    ]);
    expect(world.slack.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      expect.arrayContaining(
        ['room-a', 'room-b'].map((channel) => ({
          channel,
          text: `shop is deployed by slack to ${channel}`,
          attachments: [{ title: 'shop', revision: 'rev1' }],
        })),
      ),
    );
    expect(world.slack.requests).toHaveLength(2);
    expect(world.slack.requests[0]?.headers.authorization).toBe(`Bearer ${secrets['slack-token']}`);
    expect(world.mail.mails).toMatchObject([{ to: ['ops@example.com'], user: 'cd' }]);
    expect(world.mail.mails[0]?.raw).toMatch(
      /Subject: shop is deployed[\s\S]*https:\/\/cd\.example\.com\/applications\/shop/,
    );

    await world.setStatus('shop', { ...compared, operationState: operation('Failed'), ...degraded });
    await poll(() => messagesOf(world, 'shop').length === 3, { what: 'two more messages' });
    await world.setStatus('shop', { sync: { status: 'Unknown' } });
    await poll(() => messagesOf(world, 'shop').length === 4, { what: 'one more message' });
    expect(
      messagesOf(world, 'shop')
        .map(({ body }) => (JSON.parse(body) as { what: string }).what)
        .sort(),
    ).toEqual(['failed to sync', 'is degraded', 'is deployed', 'is in an unknown state']);
    const metrics = await service.metrics();
    expect(metrics).toMatch(
      /argocd_notifications_deliveries_total\{trigger="on-deployed",service="slack",succeeded="true"\} 2/,
    );
    expect(metrics).toMatch(
      /argocd_notifications_trigger_eval_total\{name="on-deployed",triggered="true"\} \d/,
    );
    expect(metrics).toMatch(/tiphys_notifications_queue_ready 1/);
  });

  it('remember in the format of Argo CD, and believe what Argo CD remembered', async () => {
    const world = await newWorld();
    await world.start();
    await world.createApp('new', subscribe('on-deployed', 'slack', 'room'));
    const when =
      "app.status.operationState != nil and app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'";
    const { createHash } = await import('node:crypto');
    const key = `rev1:on-deployed:[0].${createHash('sha1').update(when).digest('base64url')}:slack:room`;
    await world.setStatus('new', deployed('rev1'));
    await poll(async () => key in (await world.sentKeys('new')), { what: 'the sent-key' });
    expect((await world.sentKeys('new'))[key]).toBeGreaterThan(1_700_000_000);

    await world.createApp('old', {
      ...subscribe('on-deployed', 'slack', 'room'),
      'notified.notifications.argoproj.io': JSON.stringify({ [key]: 1_600_000_000 }),
    });
    await world.setStatus('old', deployed('rev1'));
    await settle(world);
    expect(world.slack.requests).toHaveLength(1);
    expect(await world.sentKeys('old')).toEqual({ [key]: 1_600_000_000 });
  });

  it('tell of the same revision once and of a state each time it comes', async () => {
    const world = await newWorld();
    await world.start();
    await world.createApp('shop', { ...subscribe('on-deployed'), ...subscribe('on-health-degraded') });
    const whats = () =>
      messagesOf(world, 'shop').map(({ body }) => (JSON.parse(body) as { what: string }).what);
    await world.setStatus('shop', deployed('rev1'));
    await poll(() => whats().length === 1, { what: 'the first' });
    for (const count of [2, 3]) {
      await world.setStatus('shop', degraded);
      await poll(() => whats().length === count, { what: 'a degradation' });
      await poll(async () => Object.keys(await world.sentKeys('shop')).length === 2, {
        what: 'its sent-key',
      });
      await world.setStatus('shop', healthy);
      await poll(async () => Object.keys(await world.sentKeys('shop')).length === 1, {
        what: 'the sent-key to go',
      });
    }
    await world.setStatus('shop', deployed('rev2'));
    await poll(() => whats().length === 4, { what: 'the second revision' });
    expect(whats()).toEqual(['is deployed', 'is degraded', 'is degraded', 'is deployed']);
  });

  it('wait until the status is newer than the operation', async () => {
    const world = await newWorld();
    await world.start();
    await world.createApp('shop', subscribe('on-deployed'));
    await world.setStatus('shop', { ...deployed('rev1'), reconciledAt: '2026-01-01T00:00:01Z' });
    await settle(world);
    expect(messagesOf(world, 'shop')).toEqual([]);
    await world.setStatus('shop', compared);
    await poll(() => messagesOf(world, 'shop').length === 1, { what: 'the message' });
  });

  it('take subscriptions of the project and of the config map', async () => {
    const world = await newWorld();
    await world.configure({
      subscriptions: '- recipients: [slack:general]\n  triggers: [on-health-degraded]\n  selector: tier=prod',
      'defaultTriggers.hook': '[on-health-degraded]',
    });
    await world.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: {
        name: 'default',
        namespace: world.namespace,
        annotations: { 'notifications.argoproj.io/subscribe.hook': '' },
      },
      spec: {},
    } as never);
    await world.start();
    await world.createApp('prod', {}, { tier: 'prod' });
    await world.createApp('dev', {}, { tier: 'dev' });
    await world.setStatus('prod', { ...degraded, sync: { status: 'Synced', revision: 'rev1' } });
    await world.setStatus('dev', degraded);
    await poll(() => messagesOf(world, 'prod').length === 1 && messagesOf(world, 'dev').length === 1, {
      what: 'both',
    });
    await poll(() => world.slack.requests.length === 1, { what: 'the general channel' });
    expect(JSON.parse(world.slack.requests[0]?.body ?? '')).toMatchObject({ channel: 'general' });
  });
});

describe('what goes wrong', () => {
  it('is tried again until the far side takes it, also after a restart', async () => {
    const world = await newWorld();
    world.hook.answerWith(() => ({ status: 503 }));
    const first = await world.start();
    await world.createApp('shop', subscribe('on-health-degraded'));
    await world.setStatus('shop', degraded);
    await poll(() => messagesOf(world, 'shop').length >= 2, { what: 'two attempts' });
    expect(await world.sentKeys('shop')).toEqual({});
    await first.stop();
    world.hook.answerWith(() => ({}));
    const refused = messagesOf(world, 'shop').length;
    await world.start();
    await poll(async () => Object.keys(await world.sentKeys('shop')).length === 1, { what: 'the sent-key' });
    await settle(world);
    expect(messagesOf(world, 'shop')).toHaveLength(refused + 1);
    expect(new Set(messagesOf(world, 'shop').map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('harms no other message: broken settings, endless expressions and templates, unknown names', async () => {
    const world = await newWorld();
    await world.configure({
      'trigger.on-broken': '- when: [',
      'trigger.on-endless': '- when: all(1..100000, any(1..100000, # < 0))\n  send: [degraded]',
      'trigger.on-bad-template': "- when: app.status.health.status == 'Degraded'\n  send: [endless]",
      'trigger.on-no-template': "- when: app.status.health.status == 'Degraded'\n  send: [missing]",
      'template.endless':
        'message: "{{ range $i := until 1000000 }}{{ range $j := until 1000000 }}{{ end }}{{ end }}"',
      'service.webhook.metadata': 'url: http://169.254.169.254/',
    });
    await world.start();
    await world.createApp('shop', {
      ...subscribe('on-broken'),
      ...subscribe('on-endless'),
      ...subscribe('on-bad-template'),
      ...subscribe('on-no-template'),
      ...subscribe('on-missing'),
      ...subscribe('on-health-degraded'),
      ...subscribe('on-health-degraded', 'nowhere'),
      ...subscribe('on-health-degraded', 'metadata'),
      'notifications.argoproj.io/subscriptions': '{',
    });
    await world.setStatus('shop', degraded);
    await poll(() => messagesOf(world, 'shop').length === 1, { what: 'the good message' });
    await poll(() => (world.logs().match(/"msg":"message given up"/g) ?? []).length === 4, {
      what: 'the bad ones to be given up',
    });
    for (const text of [
      'template missing is not configured',
      'service nowhere is not configured',
      'link-local or metadata',
      'template endless',
      'trigger.on-broken',
    ]) {
      expect(world.logs()).toContain(text);
    }
    expect(messagesOf(world, 'shop')).toHaveLength(1);
    await world.configure({
      'template.missing': '{"message": "here", "webhook": {"hook": {"path": "/fixed"}}}',
    });
    await poll(() => world.hook.requests.some(({ path }) => path === '/fixed'), {
      what: 'the repaired message',
    });
  }, 90_000);

  it('shows no secret: not in the log, not in Redis, not in the cluster', async () => {
    const world = await newWorld();
    await world.configure({
      'template.degraded': '{"message": "{{ fail (.secrets.note | toString) }}"}',
      'service.webhook.hook': `url: ${world.hook.url}\nheaders: [{name: X-Note, value: $note}]`,
    });
    world.hook.answerWith(({ headers }) => ({ status: 500, body: `you sent ${String(headers['x-note'])}` }));
    world.slack.answerWith(({ headers }) => ({ status: 500, body: String(headers.authorization) }));
    await world.start();
    await world.createApp('shop', {
      ...subscribe('on-health-degraded'),
      ...subscribe('on-deployed'),
      ...subscribe('on-deployed', 'slack', 'room'),
    });
    await world.setStatus('shop', { ...deployed('rev1'), ...healthy });
    await poll(() => world.hook.requests.length > 0 && world.slack.requests.length > 0, {
      what: 'the attempts',
    });
    await world.setStatus('shop', degraded);
    await poll(() => world.logs().includes('message given up'), { what: 'the template to fail' });
    const { Redis } = await import('ioredis');
    const client = new Redis({ host: world.redis.host, port: world.redis.port, db: 1 });
    const dumps: string[] = [];
    for (const key of await client.keys('*'))
      dumps.push((await client.dumpBuffer(key))?.toString('latin1') ?? '');
    client.disconnect();
    expect(dumps.length).toBeGreaterThan(0);
    for (const place of [world.logs(), dumps.join('\n'), JSON.stringify(await world.sentKeys('shop'))]) {
      for (const secret of Object.values(secrets)) expect(place).not.toContain(secret);
    }
  });
});
