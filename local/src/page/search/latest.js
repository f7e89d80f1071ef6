// Of several requests for the same part of the page only the last one counts, in whatever order the answers come.
export class Latest {
  #current = new AbortController();

  // Gives up the request before this one. What comes of this one is handed over, unless it is given up meanwhile.
  async run(ask, { done, failed }) {
    this.giveUp();
    const { signal } = (this.#current = new AbortController());
    try {
      const answer = await ask(signal);
      if (!signal.aborted) done(answer);
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
  }

  giveUp() {
    this.#current.abort();
  }
}

// Acts once nothing was asked for during so many milliseconds.
export function debounced(act, pause) {
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  };
  const cancel = () => clearTimeout(timer);
  return { soon, cancel };
}
