const MASK = '******';
/** Letters that must be equal before a piece of a longer text is masked. */
const WINDOW = 8;
/** Beyond this nothing a tool says is repeated. */
const MAX_WINDOWS = 200_000;

/**
 * Keeps texts out of what tools say, also where they are cut, broken into lines, or part of something that was encoded:
 * whatever shares eight letters in a row with one of them is masked, and shorter texts as a whole.
 */
export class Mask {
  readonly #windows = new Set<string>();
  readonly #short = new Set<string>();
  #isFull = false;

  /** Undefined: so many that nothing a tool says may be repeated. */
  addAll(texts: readonly string[] | undefined): void {
    if (texts === undefined) this.#isFull = true;
    else for (const text of texts) this.add(text);
  }

  add(text: string): void {
    if (text.length < WINDOW) {
      if (text !== '') this.#short.add(text);
      return;
    }
    if (this.#windows.size + text.length > MAX_WINDOWS) this.#isFull = true;
    if (this.#isFull) return;
    for (let at = 0; at + WINDOW <= text.length; at += 1) this.#windows.add(text.slice(at, at + WINDOW));
  }

  /** The text without them; `undefined` where there are too many to tell. */
  apply(text: string): string | undefined {
    if (this.#isFull) return undefined;
    const shortest = [...this.#short].sort((a, b) => b.length - a.length);
    return shortest.reduce((left, secret) => left.replaceAll(secret, MASK), this.#withoutPieces(text));
  }

  #withoutPieces(text: string): string {
    let result = '';
    let hiddenUntil = 0;
    for (let at = 0; at < text.length; at += 1) {
      const isHit = this.#windows.has(text.slice(at, at + WINDOW));
      if (isHit && at >= hiddenUntil) result += MASK;
      if (isHit) hiddenUntil = at + WINDOW;
      if (at >= hiddenUntil) result += text.charAt(at);
    }
    return result;
  }
}
