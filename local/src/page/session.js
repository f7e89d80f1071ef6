// An account at one of its tenants: signs in, and calls services with the headers that they need.

// A refusal: its words, its code that stays the same, and which fields it is about.
export class ApiError extends Error {
  constructor({ code, message, details }) {
    super(message);
    this.code = code;
    this.details = Array.isArray(details) ? details : [];
  }
}

export class Session {
  #tokens = null;
  #renewal = null;

  constructor({ account, tenant }) {
    this.account = account;
    this.tenant = tenant;
  }

  async signIn() {
    const { email, password } = this.account;
    this.#tokens = (await this.#request("POST", "/auth/v1/login", { body: { email, password } })).data;
  }

  // The whole answer: what goes on has its place beside the data.
  call(method, path, { body, signal, headers } = {}) {
    return this.#renewing((token) => this.#request(method, path, { body, signal, headers, token }));
  }

  // A file.
  bytes(path, { signal } = {}) {
    return this.#renewing(async (token) => {
      const response = await fetch(path, { headers: this.#headers(token), signal });
      if (!response.ok) await answerOf(response);
      return response.arrayBuffer();
    });
  }

  // With a new token, if the one at hand has ended.
  async #renewing(call) {
    try {
      return await call(this.#tokens.accessToken);
    } catch (error) {
      if (!/^ERR_[A-Z]+_TOKEN_EXPIRED$/.test(error.code)) throw error;
      await this.#renew();
      return call(this.#tokens.accessToken);
    }
  }

  // All callers at once wait for one: a refresh token is good for one.
  #renew() {
    const { refreshToken } = this.#tokens;
    this.#renewal ??= this.#request("POST", "/auth/v1/refresh", { body: { refreshToken } })
      .then(({ data }) => {
        this.#tokens = data;
      })
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  async #request(method, path, { body, signal, headers, token }) {
    const all = { "content-type": "application/json", ...this.#headers(token), ...headers };
    return answerOf(await fetch(path, { method, headers: all, body: body && JSON.stringify(body), signal }));
  }

  #headers(token) {
    return { "x-tenant-id": this.tenant.id, ...(token && { authorization: `Bearer ${token}` }) };
  }
}

async function answerOf(response) {
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // Not from a service; its status says enough.
  }
  const { error, message = "There was no answer." } = answer;
  if (error || !response.ok) throw new ApiError(error ?? { code: String(response.status), message });
  return answer;
}
