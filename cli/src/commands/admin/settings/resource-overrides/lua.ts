import type { LuaRunner } from '@tiphys/ports';
import { carried } from '../../../../core/carried.ts';

/** Lua for the time of `use`. */
export async function withLua<T>(use: (lua: LuaRunner) => Promise<T>): Promise<T> {
  const { createLuaRunner } = await import('@tiphys/adapter-lua');
  const wasmPath = carried('wasm/lua-5.2.wasm');
  const lua = createLuaRunner(wasmPath === undefined ? {} : { wasmPath });
  try {
    return await use(lua);
  } finally {
    await lua.close();
  }
}
