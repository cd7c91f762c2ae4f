const MAX_SETS = 1_000;

/** Several subjects of one caller, such as its groups. */
export interface SubjectSet {
  readonly names: readonly string[];
}

/** Makes one object of equal lists of subjects, so that what was decided for many groups is found again at once. */
export class SubjectSets {
  readonly #byList = new WeakMap<readonly string[], SubjectSet>();
  readonly #byText = new Map<string, SubjectSet>();

  of(names: readonly string[]): SubjectSet {
    const known = this.#byList.get(names);
    if (known !== undefined) return known;
    const set = this.#interned(names);
    this.#byList.set(names, set);
    return set;
  }

  #interned(names: readonly string[]): SubjectSet {
    const text = JSON.stringify(names);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size >= MAX_SETS) this.#byText.clear();
    const set = { names: [...names] };
    this.#byText.set(text, set);
    return set;
  }
}
