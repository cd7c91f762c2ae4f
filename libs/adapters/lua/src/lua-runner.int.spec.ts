import { afterEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import type { LuaOutcome, LuaRunner, LuaTask } from '@tiphys/ports';
import { createLuaRunner, type LuaRunnerOptions } from './index.ts';

const LOOP = 'while true do end';
const BELOW_MS = 2_000;

let runner: LuaRunner | undefined;

afterEach(async () => {
  await runner?.close();
  runner = undefined;
});

function start(options: LuaRunnerOptions = {}): LuaRunner {
  runner = createLuaRunner(options);
  return runner;
}

const objectOf = (fields: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 'thing', ...metadata },
  ...fields,
});

const taskOf = (script: string, more: Partial<LuaTask> = {}): LuaTask => ({
  script,
  object: objectOf(),
  openLibs: false,
  ...more,
});

async function outcomeOf(lua: LuaRunner, task: LuaTask): Promise<LuaOutcome> {
  const [outcome] = await lua.run([task]);
  if (outcome === undefined) throw new Error('the runner gave no outcome');
  return outcome;
}

const valueOf = async (script: string, more: Partial<LuaTask> = {}): Promise<unknown> => {
  const outcome = await outcomeOf(runner ?? start(), taskOf(script, more));
  return outcome.type === 'value' ? outcome.value : outcome;
};

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const begin = performance.now();
  const result = await work;
  return { result, ms: performance.now() - begin };
}

describe('a script', () => {
  it.each([
    ['return {status = "Healthy", message = obj.kind}', { status: 'Healthy', message: 'Thing' }],
    ['return {}', []],
    ['return nil', undefined],
    ['', undefined],
    ['return 1, 2', 2],
    ['return {1, 2, {a = 1.5}}', [1, 2, { a: 1.5 }]],
    ['return "\\"\\\\\\n" .. "ü"', '"\\\n\u00fc'],
    ['local n = 0 for i, v in ipairs(obj.list) do n = n + v end return n', 6],
    ['::top:: do goto done end ::done:: return "goto"', 'goto'],
  ])('%s is %j', async (script, value) => {
    expect(await valueOf(script, { object: objectOf({ list: [1, 2, 3] }) })).toEqual(value);
  });

  it('gets its parameters, texts all of them, and others get none', async () => {
    const script = 'return actionParams and actionParams["replicas"] or "none"';
    expect(await valueOf(script, { params: { replicas: '3' } })).toBe('3');
    expect(await valueOf(script)).toBe('none');
  });

  it.each([
    ['return (', /unexpected|expected/u],
    ['error("no luck")', /no luck/u],
    ['return obj.status.phase', /attempt to index/u],
    ['return print', /cannot encode function/u],
    ['local t = {} t.t = t return t', /recursively nested/u],
    ['return {1, a = 2}', /invalid key types/u],
  ])('%s fails by itself', async (script, message) => {
    const outcome = await outcomeOf(start(), taskOf(script));
    expect(outcome).toMatchObject({ type: 'failed', message: expect.stringMatching(message) as string });
  });
});

describe('what a script may reach', () => {
  it.each([
    'io',
    'package',
    'debug',
    'dofile',
    'loadfile',
    'os.execute',
    'os.remove',
    'os.exit',
    'os.getenv',
  ])('is not %s', async (name) => {
    expect(await valueOf(`return type(${name})`)).toBe('nil');
    if (name !== 'os.getenv') expect(await valueOf(`return type(${name})`, { openLibs: true })).toBe('nil');
  });

  it('is no variable of the environment, and no compiled code', async () => {
    expect(await valueOf('return os.getenv("HOME") == nil', { openLibs: true })).toBe(true);
    expect(await valueOf('return load("\\27Lua") == nil', { openLibs: true })).toBe(true);
  });

  it('is the clock, and more only where it is asked for', async () => {
    expect(await valueOf('return os.date("!%Y", 0) .. type(os.time())')).toBe('1970number');
    expect(await valueOf('return type(string)')).toBe('nil');
    expect(await valueOf('return ("a"):upper() .. math.floor(1.5)', { openLibs: true })).toBe('A1');
  });

  it('is nothing that another script left', async () => {
    await valueOf('leak = 1 table.insert = nil getmetatable("").__index = {x = 1}');
    expect(await valueOf('return leak == nil and type(table.insert) == "function"')).toBe(true);
  });

  it('is no host, whatever names and texts the object holds', async () => {
    const odd = { ']]': '"..os.exit().."', '\u0000': '\\', 'a"b': "'\r\n" };
    expect(await valueOf('return obj.odd', { object: objectOf({ odd }) })).toEqual(odd);
  });
});

describe('a script that does not behave', () => {
  it.each([
    ['loops', LOOP],
    ['loops where errors are caught', 'while true do pcall(function() while true do end end) end'],
    ['loops in a pattern', 'return (("a"):rep(40)):find(("a-"):rep(40) .. "b")'],
  ])('and %s is stopped below 2 s', async (_what, script) => {
    const lua = start();
    const { result, ms } = await timed(outcomeOf(lua, taskOf(script, { openLibs: true })));
    expect(result.type).toBe('stopped');
    expect(ms).toBeLessThan(BELOW_MS);
  });

  it.each([
    ['by tables', 'local t = {} while true do t[#t + 1] = {} end'],
    ['by texts', 'local s = "x" while true do s = s .. s end'],
    ['by recursion', 'local function f() return 1 + f() end return f()'],
    ['by what it returns', 'local t = {} for i = 1, 1e9 do t[i] = "xxxxxxxxxxxxxxxx" .. i end return t'],
  ])('and eats memory %s ends below 2 s, with bounded memory', async (_what, script) => {
    const lua = start();
    const before = process.memoryUsage().rss;
    const { result, ms } = await timed(outcomeOf(lua, taskOf(script)));
    expect(['failed', 'stopped']).toContain(result.type);
    expect(ms).toBeLessThan(BELOW_MS);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    expect(await valueOf('return 1')).toBe(1);
  });

  it('holds no other up, before it, behind it or later', async () => {
    const lua = start();
    await outcomeOf(lua, taskOf('return 0'));
    const good = Array.from({ length: 50 }, (_, index) => taskOf(`return ${String(index)}`));
    const loops = lua.run([taskOf(LOOP), taskOf(`${LOOP} --`), taskOf(`${LOOP} ---`)]);
    const { result, ms } = await timed(lua.run(good));
    expect(result.map((outcome) => outcome.type === 'value' && outcome.value)).toEqual([...good.keys()]);
    expect(ms).toBeLessThan(BELOW_MS);
    expect((await loops).map(({ type }) => type)).toEqual(['stopped', 'stopped', 'stopped']);
  });

  const named = (name: string): KubeObject => objectOf({}, { name, uid: name, resourceVersion: '1' });
  const moody = 'if obj.metadata.name ~= "good" then while true do end end return "fine"';

  it('rests for its object, longer each time, and goes on with all others', async () => {
    const lua = start({ deadlineMs: 200, cooldownMs: 300 });
    const over = (name: string) => outcomeOf(lua, taskOf(moody, { object: named(name) }));
    const first = await over('bad');
    expect(first).toMatchObject({ type: 'stopped', retryAfterMs: 300 });
    const { result: refused, ms } = await timed(over('bad'));
    expect(refused).toMatchObject({ ...first, retryAfterMs: expect.any(Number) as number });
    expect(ms).toBeLessThan(150);
    expect(await over('good')).toMatchObject({ value: 'fine' });
    await expect
      .poll(() => over('bad'), { timeout: 10_000 })
      .toMatchObject({ type: 'stopped', retryAfterMs: 600 });
  });

  it('rests for all objects once it was stopped for several of them', async () => {
    const lua = start({ deadlineMs: 200, cooldownMs: 400 });
    const over = (name: string) => outcomeOf(lua, taskOf(moody, { object: named(name) }));
    for (const name of ['one', 'two', 'three']) expect((await over(name)).type).toBe('stopped');
    expect((await over('good')).type).toBe('stopped');
    await expect
      .poll(() => over('good'), { timeout: 10_000 })
      .toMatchObject({ type: 'value', value: 'fine' });
  });
});

describe('outcomes', () => {
  it('come in the order of the tasks, whatever their sizes', async () => {
    const tasks = Array.from({ length: 300 }, (_, index) =>
      taskOf('return obj.n', { object: objectOf({ n: index, pad: 'x'.repeat((index % 7) * 20_000) }) }),
    );
    const outcomes = await start().run(tasks);
    expect(outcomes.map((outcome) => outcome.type === 'value' && outcome.value)).toEqual([...tasks.keys()]);
  });

  it('are remembered for a version of an object, unless the script asks the time', async () => {
    const lua = start();
    const object = objectOf({}, { uid: 'u', resourceVersion: '1' });
    const tableOf = (script: string) => outcomeOf(lua, taskOf(script, { object, openLibs: true }));
    const address = 'return tostring({}) .. tostring(math.random())';
    expect(await tableOf(address)).toBe(await tableOf(address));
    const clock = 'return os.time()';
    expect(await tableOf(clock)).not.toBe(await tableOf(clock));
  });

  it('are refused once the runner is closed', async () => {
    const lua = start();
    const pending = lua.run([taskOf(LOOP)]);
    const refusal = expect(pending).rejects.toMatchObject({ code: 'canceled' });
    await lua.close();
    await refusal;
    await expect(lua.run([taskOf('return 1')])).rejects.toMatchObject({ code: 'canceled' });
  });
});
