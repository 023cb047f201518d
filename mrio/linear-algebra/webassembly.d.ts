/** What is used of WebAssembly, which the types of Node.js do not declare. */
declare namespace WebAssembly {
  interface Module {
    readonly webAssemblyModule: unique symbol;
  }
  const Module: new (bytes: Uint8Array) => Module;
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: new (module: Module) => Instance;
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
