import type { Metadata } from '@grpc/grpc-js';

/** The first text value of a metadata key. */
export function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
