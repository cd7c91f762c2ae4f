import type { SourceType } from '@tiphys/model';
import type { FileDecryptor, Renderer } from '@tiphys/ports';

export type RenderedType = Exclude<SourceType, 'Plugin'>;

/** A renderer for each tool. */
export type RendererSet = Readonly<Record<RenderedType, Renderer>>;

/** The renderers, and those whose files are all in memory. */
export class Renderers {
  readonly #usual: RendererSet;
  readonly #inMemory: RendererSet;

  constructor(usual: RendererSet, inMemory: RendererSet = usual) {
    this.#usual = usual;
    this.#inMemory = inMemory;
  }

  /** What may be decrypted is written to no disk. */
  for(decryptor: FileDecryptor | undefined): RendererSet {
    return decryptor === undefined ? this.#usual : this.#inMemory;
  }
}
