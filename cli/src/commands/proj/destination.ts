interface Destination {
  readonly server?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly namespace?: string | null | undefined;
}

/** True where two destinations are the same place. */
export const isSame = (a: Destination, b: Destination): boolean =>
  (['server', 'name', 'namespace'] as const).every((key) => (a[key] ?? '') === (b[key] ?? ''));
