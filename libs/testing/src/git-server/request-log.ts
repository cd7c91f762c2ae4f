/** One request as it arrived, whatever became of it. */
export interface GitRequest {
  readonly repository: string;
  /** `handshake` opens a conversation, `ls-remote` asks for refs (a fetch by SHA asks for none), `fetch` for objects. */
  readonly kind: 'handshake' | 'ls-remote' | 'fetch' | 'push' | 'other';
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** Remembers requests, so that tests can count them. */
export class RequestLog {
  readonly #requests: GitRequest[] = [];

  add(request: GitRequest): void {
    this.#requests.push(request);
  }

  all(): readonly GitRequest[] {
    return [...this.#requests];
  }

  count(filter: Partial<Pick<GitRequest, 'repository' | 'kind'>> = {}): number {
    return this.#requests.filter(
      (request) =>
        (filter.repository === undefined || request.repository === filter.repository) &&
        (filter.kind === undefined || request.kind === filter.kind),
    ).length;
  }

  clear(): void {
    this.#requests.length = 0;
  }
}
