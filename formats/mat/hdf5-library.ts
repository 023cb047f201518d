import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Dataset, Entity, File, Group, Metadata } from 'h5wasm/node';
import type { Numbers } from './numbers.ts';

type Library = typeof import('h5wasm/node');
type Module = Awaited<Library['ready']>;

/** From one index up to before another, for each dimension. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Types of HDF5. */
const INTEGER = 0;
const FLOAT = 1;
const REFERENCE = 7;

const MOST_BYTES_AT_ONCE = 2 ** 30;

/**
 * An HDF5 file, read by h5wasm: the HDF5 library as WebAssembly.
 *
 * That library has two ways with errors of HDF5. If it throws, it does so across functions that then never close what
 * they have opened, and a file that is still open somewhere is not read anew when it is opened again. So it throws only
 * for a file that cannot be opened. Else it reports a status, which its own Dataset.slice does not look at: hence read.
 */
export class Hdf5File {
  readonly root: Group;
  private readonly library: Library;
  private readonly module: Module;
  private readonly file: File;
  private readonly paths = new Map<string, ReadonlyMap<string, string>>();

  private constructor(library: Library, module: Module, file: File) {
    this.library = library;
    this.module = module;
    this.file = file;
    this.root = file;
  }

  /** Throws an Error with what the library says. */
  static async open(path: string): Promise<Hdf5File> {
    // The library brings its own machine code: it is loaded for such a file alone.
    const library = await import('h5wasm/node');
    const module = await library.ready;
    silence(module);
    module.activate_throwing_error_handler();
    try {
      return new Hdf5File(library, module, new library.File(path, 'r'));
    } finally {
      module.deactivate_throwing_error_handler();
    }
  }

  close(): void {
    this.file.close();
  }

  /** What a group has under a name: links to other files, and to what is not there, are none of both. */
  get(group: Group, key: string): Entity {
    const entity = group.get(key);
    if (entity === null) throw new Error('its description is wrong or missing');
    return entity;
  }

  isDataset(entity: Entity): entity is Dataset {
    return entity instanceof this.library.Dataset;
  }

  isGroup(entity: Entity): entity is Group {
    return entity instanceof this.library.Group;
  }

  hasNumbers({ metadata }: Dataset): boolean {
    return numberType(metadata) !== null;
  }

  hasReferences({ metadata }: Dataset): boolean {
    return metadata.type === REFERENCE && metadata.ref_type === 'object';
  }

  /** The numbers within the ranges, the last dimension fastest; all without ranges. */
  numbers(dataset: Dataset, ranges: Ranges = whole(dataset)): Numbers {
    const type = numberType(dataset.metadata);
    if (type === null) throw new Error('it has no numbers');
    return new type(this.read(dataset, ranges).buffer as ArrayBuffer);
  }

  /** What all references of a dataset refer to, which is in the home group, as a rule. */
  referred(dataset: Dataset, home: string): Entity[] {
    const bytes = this.read(dataset, whole(dataset));
    const { size } = dataset.metadata;
    const paths = this.pathsIn(home);
    return Array.from({ length: bytes.length / size }, (_, i) => {
      const reference = bytes.subarray(i * size, (i + 1) * size);
      const path = paths.get(String(reference)) ?? this.module.get_referenced_name(this.file.file_id, reference, true);
      if ((path as string | null) === null) throw new Error(`reference ${i + 1} leads nowhere`);
      return this.get(this.root, path);
    });
  }

  /**
   * Paths of all objects in a group, by the reference to each. The library finds the path of a reference by a search
   * through the file: for the names of all cities, that would take many minutes.
   */
  private pathsIn(home: string): ReadonlyMap<string, string> {
    let paths = this.paths.get(home);
    if (paths === undefined) {
      const group = this.root.keys().includes(home) ? this.get(this.root, home) : null;
      const keys = group !== null && this.isGroup(group) ? group.keys() : [];
      const { file_id } = this.file;
      paths = new Map(
        keys.map((key) => {
          const path = `/${home}/${key}`;
          return [String(this.module.create_object_reference(file_id, path)), path];
        }),
      );
      this.paths.set(home, paths);
    }
    return paths;
  }

  private read({ file_id, path, metadata }: Dataset, ranges: Ranges): Uint8Array {
    const { module } = this;
    if (ranges.length !== (metadata.shape ?? []).length) throw new Error(`it has not ${ranges.length} dimensions`);
    const count = ranges.map(([from, to]) => to - from);
    const bytes = count.reduce((product, length) => product * length, metadata.size);
    if (bytes > MOST_BYTES_AT_ONCE) throw new Error(`it has ${bytes} bytes in one piece`);
    const pointer = module._malloc(bytes);
    if (pointer === 0) throw new Error(`there is no memory for ${bytes} bytes`);
    try {
      const offset = ranges.map(([from]) => BigInt(from));
      const strides = ranges.map(() => 1n);
      const status = module.get_dataset_data(file_id, path, count.map(BigInt), offset, strides, BigInt(pointer));
      if (status < 0) throw new Error('its data are wrong or missing');
      // The memory may have moved meanwhile: it is looked up again.
      return module.HEAPU8.slice(pointer, pointer + bytes);
    } finally {
      module._free(pointer);
    }
  }
}

const whole = ({ metadata }: Dataset): Ranges => (metadata.shape ?? []).map((length) => [0, length]);

interface NumberType {
  new (buffer: ArrayBuffer): Numbers;
}

function numberType({ type, size, signed }: Metadata): NumberType | null {
  if (type === FLOAT) return size === 8 ? Float64Array : size === 4 ? Float32Array : null;
  if (type !== INTEGER) return null;
  if (size === 1) return signed ? Int8Array : Uint8Array;
  if (size === 2) return signed ? Int16Array : Uint16Array;
  if (size === 4) return signed ? Int32Array : Uint32Array;
  return size === 8 ? (signed ? BigInt64Array : BigUint64Array) : null;
}

/** The library prints every error to stderr, where it would stand beside the one that is thrown for it. */
function silence({ FS }: Module): void {
  const stderr = (FS as unknown as { streams?: { nfd?: number }[] }).streams?.[2];
  if (stderr?.nfd === 2) stderr.nfd = openSync(devNull, 'w');
}
