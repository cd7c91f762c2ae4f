import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, installCrds, type World } from '@tiphys/testing/notifications';
import { poll } from '@tiphys/testing/processes';

beforeAll(installCrds, 240_000);

const worlds: World[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));
async function newWorld(): Promise<World> {
  const world = await createWorld();
  worlds.push(world);
  return world;
}

const onDegraded = { 'notifications.argoproj.io/subscribe.on-health-degraded.hook': '' };
const degraded = { health: { status: 'Degraded' } };

async function degrade(world: World, name: string): Promise<void> {
  await world.createApp(name, onDegraded);
  await world.setStatus(name, degraded);
}

const isRemembered = async (world: World, name: string): Promise<boolean> =>
  Object.keys(await world.sentKeys(name)).length === 1;

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('killed with SIGKILL', () => {
  it('before the far side answered: the next one sends it', async () => {
    const world = await newWorld();
    const accepted: string[] = [];
    world.hook.answerWith(() => ({ hang: true }));
    const service = await world.start();
    await degrade(world, 'shop');
    await poll(() => world.hook.requests.length === 1, { what: 'the first attempt' });
    await service.kill();
    world.hook.answerWith(({ path }) => {
      accepted.push(path);
      return {};
    });
    await world.start();
    await poll(() => isRemembered(world, 'shop'), { what: 'the sent-key' });
    expect(accepted).toEqual(['/shop']);
  });

  it('after it was accepted and before the Application remembers it: nobody sends it again', async () => {
    const world = await newWorld();
    const gate = createGate();
    world.hook.answerWith(async () => {
      await gate.opened;
      return {};
    });
    const service = await world.start();
    await degrade(world, 'shop');
    await poll(() => world.hook.requests.length === 1, { what: 'the attempt' });
    world.apiLink.cut();
    gate.open();
    await poll(() => world.logs().includes('"msg":"message delivered"'), { what: 'the delivery' });
    await service.kill();
    expect(await world.sentKeys('shop')).toEqual({});
    world.apiLink.heal();
    await world.start();
    await poll(() => isRemembered(world, 'shop'), { what: 'the sent-key' });
    await degrade(world, 'later');
    await poll(() => isRemembered(world, 'later'), { what: 'a later message' });
    expect(world.hook.requests.map(({ path }) => path)).toEqual(['/shop', '/later']);
  });

  it('while it was not running, what happened meanwhile is told, and what was told is not', async () => {
    const world = await newWorld();
    const first = await world.start();
    await degrade(world, 'before');
    await poll(() => isRemembered(world, 'before'), { what: 'the first sent-key' });
    await first.kill();
    await degrade(world, 'meanwhile');
    await world.start();
    await poll(() => isRemembered(world, 'meanwhile'), { what: 'the second sent-key' });
    expect(world.hook.requests.map(({ path }) => path)).toEqual(['/before', '/meanwhile']);
  });

  it('again and again at any moment: each message arrives, and none twice but the one in flight', async () => {
    const world = await newWorld();
    const names = Array.from({ length: 40 }, (_, index) => `app-${index}`);
    let service = await world.start();
    const created = (async () => {
      for (const name of names) await degrade(world, name);
    })();
    let kills = 0;
    for (const progress of [3, 9, 17, 25, 32]) {
      await poll(() => new Set(world.hook.requests.map(({ path }) => path)).size >= progress, {
        what: `${progress} messages`,
        intervalMs: 5,
      });
      await service.kill();
      kills += 1;
      service = await world.start();
    }
    await created;
    await poll(
      async () => (await Promise.all(names.map((name) => isRemembered(world, name)))).every(Boolean),
      {
        what: 'all sent-keys',
        timeoutMs: 60_000,
        intervalMs: 500,
      },
    );
    const paths = world.hook.requests.map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(names.map((name) => `/${name}`)));
    const keys = world.hook.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(names.length);
    // Ten deliveries may be on their way at the moment of a kill; a far side that reads the key sees each once.
    expect(paths.length - names.length).toBeLessThanOrEqual(kills * 10);
  }, 180_000);
});

it('two at once send each message once', async () => {
  const world = await newWorld();
  await Promise.all([world.start(), world.start()]);
  const names = Array.from({ length: 20 }, (_, index) => `app-${index}`);
  for (const name of names) await degrade(world, name);
  await poll(async () => (await Promise.all(names.map((name) => isRemembered(world, name)))).every(Boolean), {
    what: 'all sent-keys',
    intervalMs: 200,
  });
  expect(world.hook.requests.map(({ path }) => path).sort()).toEqual(names.map((name) => `/${name}`).sort());
});

it('ends in order: SIGTERM waits for the message on its way and exits with 0', async () => {
  const world = await newWorld();
  const gate = createGate();
  world.hook.answerWith(async () => {
    await gate.opened;
    return {};
  });
  const service = await world.start();
  await degrade(world, 'shop');
  await poll(() => world.hook.requests.length === 1, { what: 'the attempt' });
  const stopped = service.stop();
  await poll(() => world.logs().includes('"msg":"stopping"'), { what: 'the signal to be seen' });
  gate.open();
  await stopped;
  expect((await service.process.exited).code).toBe(0);
  expect(await isRemembered(world, 'shop')).toBe(true);
});

describe('Redis', () => {
  it('gone: messages wait, the service says so, and they go out when it is back', async () => {
    const world = await newWorld();
    const service = await world.start();
    await degrade(world, 'before');
    await poll(() => isRemembered(world, 'before'), { what: 'the first message' });
    await world.redis.kill();
    await degrade(world, 'meanwhile');
    await poll(() => world.logs().includes('messages wait for the queue'), { what: 'the warning' });
    expect(await service.metrics()).toMatch(/tiphys_notifications_queue_ready 0/);
    expect(await service.health()).toBe(200);
    await world.redis.restart();
    await poll(() => isRemembered(world, 'meanwhile'), { what: 'the second message' });
    expect(world.logs()).toContain('the queue is back');
    expect(world.hook.requests.map(({ path }) => path)).toEqual(['/before', '/meanwhile']);
  });

  it('emptied while a message waits for its next attempt: it is found due again', async () => {
    const world = await newWorld();
    world.hook.answerWith(() => ({ status: 503 }));
    await world.start();
    await degrade(world, 'shop');
    await poll(() => world.hook.requests.length >= 2, { what: 'two attempts' });
    await world.redis.flushAll();
    world.hook.answerWith(() => ({}));
    await poll(() => isRemembered(world, 'shop'), { what: 'the sent-key', timeoutMs: 50_000 });
  });

  it('paused and resumed: nothing is lost and nothing repeated', async () => {
    const world = await newWorld();
    await world.start();
    world.redis.pause();
    await degrade(world, 'shop');
    await poll(() => world.logs().includes('messages wait for the queue'), { what: 'the warning' });
    world.redis.resume();
    await poll(() => isRemembered(world, 'shop'), { what: 'the sent-key' });
    await degrade(world, 'later');
    await poll(() => isRemembered(world, 'later'), { what: 'a later message' });
    expect(world.hook.requests.map(({ path }) => path)).toEqual(['/shop', '/later']);
  });
});

it('waits for an API server that is away, and goes on when its link comes back', async () => {
  const world = await newWorld();
  world.apiLink.cut();
  const service = await world.start({ wait: false });
  await poll(async () => (await service.health()) === 503, { what: 'the probe to say that it is not ready' });
  world.apiLink.heal();
  await poll(async () => (await service.health()) === 200, { what: 'the probe to be ready' });
  world.apiLink.cut();
  await degrade(world, 'shop');
  world.apiLink.heal();
  await poll(() => isRemembered(world, 'shop'), { what: 'the message' });
});
