// auth's API, as a web application calls it.
const BASE = "/auth/v1";
// After these answers the session is over, whatever was asked for.
const OVER = new Set(
  ["UNAUTHORIZED", "TOKEN_INVALID", "TOKEN_REVOKED", "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_REUSED"].map(
    (code) => `ERR_AUTH_${code}`,
  ),
);

// In memory only: whatever else runs in this origin finds no token in a storage. A reload signs in again.
let session = null;
let refreshing = null;
let reauthenticate = () => Promise.resolve(false);
// Tells of "change": somebody is signed in, or nobody any more.
export const signedIn = new EventTarget();

// A refusal: its words, its code that stays the same, and which fields it is about.
export class ApiError extends Error {
  constructor({ code, message, details }) {
    super(message);
    this.code = code;
    this.details = Array.isArray(details) ? details : [];
  }
}

// Calls without a token, or with the one that is given.
export async function request(method, path, body, token) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(BASE + path, { method, headers, body: JSON.stringify(body) });
  const { data, error, message } = await response.json();
  if (!response.ok) throw new ApiError(error ?? { code: String(response.status), message });
  return data;
}

// Calls as whoever is signed in. An expired token is refreshed, and a sign-in that is no longer fresh is made fresh,
// each once; then the call is made again.
export async function call(method, path, body) {
  const remedies = { ERR_AUTH_TOKEN_EXPIRED: refresh, ERR_AUTH_STEP_UP_REQUIRED: () => reauthenticate() };
  // Its own refusal must not ask for itself.
  if (path === "/reauthenticate") delete remedies.ERR_AUTH_STEP_UP_REQUIRED;
  for (;;) {
    try {
      return await request(method, path, body, session?.accessToken);
    } catch (error) {
      const remedy = remedies[error.code];
      delete remedies[error.code];
      if (OVER.has(error.code)) leave("The session has ended. Sign in again.");
      if (!remedy || !(await remedy())) throw error;
    }
  }
}

// All callers at once wait for one refresh: a refresh token is good for one.
function refresh() {
  refreshing ??= request("POST", "/refresh", { refreshToken: session?.refreshToken ?? "" })
    .then((tokens) => {
      session = tokens;
      return true;
    })
    .catch((error) => {
      if (OVER.has(error.code)) leave("The session has ended. Sign in again.");
      throw error;
    })
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

// Somebody has signed in.
export function enter(tokens) {
  session = tokens;
  signedIn.dispatchEvent(new CustomEvent("change", { detail: { user: tokens.user } }));
}

// The session is over.
export function leave(reason) {
  session = null;
  signedIn.dispatchEvent(new CustomEvent("change", { detail: { user: null, reason } }));
}

// How a sign-in is made fresh: says whether it is.
export function reauthenticateBy(ask) {
  reauthenticate = ask;
}
