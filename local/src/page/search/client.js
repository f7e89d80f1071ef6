// search's API, as an account at one of its tenants.
import { Session } from "/_local/session.js";

export class Client extends Session {
  search(body, signal, cursor) {
    const place = cursor ? `?${new URLSearchParams({ cursor })}` : "";
    return this.call("POST", `/search/v1/search/advanced${place}`, { body, signal });
  }

  similar({ id, entity_type }, signal) {
    return this.call("POST", "/search/v1/search/similar", { body: { id, entity_type }, signal });
  }

  async suggest(q, entityType, signal) {
    const query = new URLSearchParams({ q, ...(entityType && { entity_type: entityType }) });
    return (await this.call("GET", `/search/v1/search/autocomplete?${query}`, { signal })).data.suggestions;
  }
}
