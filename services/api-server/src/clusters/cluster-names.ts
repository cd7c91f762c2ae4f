interface Named {
  readonly server: string;
  readonly name: string;
}

/** Names and addresses of the clusters that a caller may see, so that either stands for the cluster. */
export class ClusterNames {
  readonly #clusters: () => Iterable<Named>;
  #addressByName: ReadonlyMap<string, string> | undefined;

  /** `clusters` is asked once, when a name is first looked up. */
  constructor(clusters: () => Iterable<Named>) {
    this.#clusters = clusters;
  }

  /** The address of a cluster that is named or whose address is given; a text that names none stands for itself. */
  addressOf(text: string): string {
    this.#addressByName ??= addressByName(this.#clusters());
    return this.#addressByName.get(text) ?? text;
  }
}

/** Of several clusters of a name the first counts. */
function addressByName(clusters: Iterable<Named>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { server, name } of clusters) {
    if (name !== '' && !found.has(name)) found.set(name, server);
  }
  return found;
}
