/** The part of the WebAssembly API that is used here; Node's types leave it to the DOM's. */
declare namespace WebAssembly {
  type ModuleImports = Record<string, (...args: never[]) => unknown>;
  class Module {
    private constructor();
    static imports(module: Module): readonly { readonly module: string; readonly name: string }[];
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, ModuleImports>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
