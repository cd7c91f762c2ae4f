export interface UnpackLimits {
  /** Bytes of all files together. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Entries of any type. Default 20 000. */
  readonly maxEntries?: number;
  /** Keep the permissions of files as the archive has them, set-id bits aside. Default false: 0644 or 0755. */
  readonly keepModes?: boolean;
}

/**
 * Unpacks tar archives, gzipped or not, into a directory that exists. Absolute names, `..`, links that leave the
 * directory, hard links and devices are refused with `invalid`, too much with `resource-exhausted`; file modes become
 * 0644 or 0755. `name` names the archive in errors.
 */
export interface Unpacker {
  unpack(
    archive: Uint8Array,
    directory: string,
    options: UnpackLimits & { readonly name: string },
  ): Promise<void>;
}
