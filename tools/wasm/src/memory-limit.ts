const MAGIC = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const MEMORY_SECTION = 5;
const PAGE_BYTES = 65_536;

/**
 * Gives a WebAssembly module's own memory an upper limit, which Go's linker cannot: beyond it the module's
 * allocations fail, instead of the process growing up to 4 GiB.
 */
export function limitMemory(module: Buffer, maxBytes: number): Buffer {
  if (!module.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('this is no WebAssembly module');
  for (let at = MAGIC.length; at < module.length;) {
    const size = readUint(module, at + 1);
    const end = size.next + size.value;
    if (module[at] === MEMORY_SECTION) {
      const section = limited(module.subarray(size.next, end), Math.floor(maxBytes / PAGE_BYTES));
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)]);
    }
    at = end;
  }
  throw new Error('the WebAssembly module has no memory of its own');
}

function limited(body: Buffer, maxPages: number): Buffer {
  const count = readUint(body, 0);
  const minimum = readUint(body, count.next + 1);
  if (count.value !== 1)
    throw new Error(`the WebAssembly module has ${count.value} memories, one was expected`);
  if (minimum.value > maxPages) {
    throw new Error(`the WebAssembly module starts with ${minimum.value} pages, the limit is ${maxPages}`);
  }
  const content = Buffer.from([1, 1, ...writeUint(minimum.value), ...writeUint(maxPages)]);
  return Buffer.concat([Buffer.from([MEMORY_SECTION, ...writeUint(content.length)]), content]);
}

/** An unsigned LEB128 number. */
function readUint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = at, factor = 1; ; index += 1, factor *= 128) {
    const byte = bytes[index];
    if (byte === undefined) throw new Error('the WebAssembly module ends in the middle of a number');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, next: index + 1 };
  }
}

function writeUint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >= 128;
    bytes.push((rest % 128) + (more ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}
