// An account at one of its tenants: signs in, and calls search's API with the headers that it needs.

// A refusal: its words, its code that stays the same, and which fields it is about.
class ApiError extends Error {
  constructor({ code, message, details }) {
    super(message);
    this.code = code;
    this.details = Array.isArray(details) ? details : [];
  }
}

export class Client {
  #tokens = null;
  #renewal = null;

  constructor({ account, tenant }) {
    this.account = account;
    this.tenant = tenant;
  }

  async signIn() {
    const { email, password } = this.account;
    this.#tokens = (await this.#request("POST", "/auth/v1/login", { email, password })).data;
  }

  search(body, signal, cursor) {
    const place = cursor ? `?${new URLSearchParams({ cursor })}` : "";
    return this.#call("POST", `/search/v1/search/advanced${place}`, body, signal);
  }

  similar({ id, entity_type }, signal) {
    return this.#call("POST", "/search/v1/search/similar", { id, entity_type }, signal);
  }

  async suggest(q, entityType, signal) {
    const query = new URLSearchParams({ q, ...(entityType && { entity_type: entityType }) });
    return (await this.#call("GET", `/search/v1/search/autocomplete?${query}`, undefined, signal)).data.suggestions;
  }

  // With a new token, if the one at hand has ended.
  async #call(method, path, body, signal) {
    const call = () => this.#request(method, path, body, signal, this.#tokens.accessToken);
    try {
      return await call();
    } catch (error) {
      if (error.code !== "ERR_SEARCH_TOKEN_EXPIRED") throw error;
      await this.#renew();
      return call();
    }
  }

  // All callers at once wait for one: a refresh token is good for one.
  #renew() {
    const { refreshToken } = this.#tokens;
    this.#renewal ??= this.#request("POST", "/auth/v1/refresh", { refreshToken })
      .then(({ data }) => {
        this.#tokens = data;
      })
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  // The whole answer: what goes on has its place beside the data.
  async #request(method, path, body, signal, token) {
    const headers = { "content-type": "application/json", "x-tenant-id": this.tenant.id };
    if (token) headers.authorization = `Bearer ${token}`;
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
    const answer = await response.json();
    if (answer.error) throw new ApiError(answer.error);
    return answer;
  }
}
