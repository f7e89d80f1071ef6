// Looks again while there is something to wait for: soon at first and after each change, then less and less often, and
// not at all while nobody sees the page.

// Milliseconds.
const SHORTEST = 300;
const LONGEST = 5000;
const SLOWER = 1.5;

export class Poll {
  #look;
  #pause = SHORTEST;
  #timer = null;
  #isWanted = false;
  #isLooking = false;

  // `look` says whether there is something to wait for, and whether something has changed.
  constructor(look) {
    this.#look = look;
    document.addEventListener("visibilitychange", () => this.begin(this.#isWanted));
  }

  // There may be something to wait for.
  begin(isWanted = true) {
    this.#isWanted = isWanted;
    this.#pause = SHORTEST;
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    if (this.#isWanted && !this.#isLooking && !document.hidden) this.#timer = setTimeout(() => this.#now(), this.#pause);
  }

  async #now() {
    this.#isLooking = true;
    this.#pause = Math.min(LONGEST, this.#pause * SLOWER);
    const { isWanted, hasChanged } = await this.#look();
    this.#isLooking = false;
    this.#isWanted = isWanted;
    if (hasChanged) this.#pause = SHORTEST;
    this.#soon();
  }
}
