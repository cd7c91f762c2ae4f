import type { LuaRunner } from '@tiphys/ports';

/** Lua for the time of `use`. */
export async function withLua<T>(use: (lua: LuaRunner) => Promise<T>): Promise<T> {
  const { createLuaRunner } = await import('@tiphys/adapter-lua');
  const lua = createLuaRunner();
  try {
    return await use(lua);
  } finally {
    await lua.close();
  }
}
