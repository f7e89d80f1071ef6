// reports' API, as an account at one of its tenants.
import { Session } from "/_local/session.js";

const BASE = "/reports/v1";
// Rows of a preview: as many as there can be.
export const MOST = 100;

export class Client extends Session {
  // All of them: a tenant has 500 at most.
  async templates() {
    const all = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ limit: 100, ...(cursor && { cursor }) });
      const { data, page } = await this.call("GET", `${BASE}/templates?${query}`);
      all.push(...data);
      cursor = page.next_cursor;
    } while (cursor);
    return all;
  }

  template(id) {
    return this.#data("GET", `/templates/${id}`);
  }

  saveTemplate(template) {
    return this.#once("POST", "/templates", template);
  }

  preview(id, parameters, signal) {
    return this.#data("POST", `/templates/${id}/preview`, { body: { parameters, limit: MOST }, signal });
  }

  run(templateId, version, parameters, format) {
    return this.#once("POST", "/exports", { templateId, version, parameters, format });
  }

  // The newest ones, or those that come after.
  exports(cursor) {
    const query = new URLSearchParams({ limit: 20, ...(cursor && { cursor }) });
    return this.call("GET", `${BASE}/exports?${query}`);
  }

  export(id) {
    return this.#data("GET", `/exports/${id}`);
  }

  cancel(id) {
    return this.#once("POST", `/exports/${id}/cancel`);
  }

  retry(id) {
    return this.#once("POST", `/exports/${id}/retry`);
  }

  delete(id) {
    return this.#once("DELETE", `/exports/${id}`);
  }

  // A link for some minutes.
  download(id) {
    return this.#data("GET", `/exports/${id}/download`);
  }

  file(id, signal) {
    return this.bytes(`/_local/reports/files/${id}`, { signal });
  }

  // However often it arrives, it is done once.
  #once(method, path, body) {
    return this.#data(method, path, { body, headers: { "idempotency-key": crypto.randomUUID() } });
  }

  async #data(method, path, options) {
    return (await this.call(method, BASE + path, options)).data;
  }
}
