/** Signing in: the admin token is shown once, and a cookie that scripts cannot read takes its place. */
import { SESSION_PATH, type Ask } from "./client.js";
import { readNothing } from "./paging.js";

/** Whether this browser is signed in, and until when, epoch milliseconds. 401 where it is not. */
export function readSession(): Ask<{ readonly expiresAt: number }> {
  return {
    method: "GET",
    path: SESSION_PATH,
    read: (answer) => ({ expiresAt: answer.instant("expiresAt") }),
  };
}

/** Signs in. Refusals: `admin_token_invalid`, `admin_disabled`, `rate_limited`. */
export function signIn(token: string): Ask<null> {
  return { method: "POST", path: SESSION_PATH, body: { token }, read: readNothing };
}

/** Signs out. */
export function signOut(): Ask<null> {
  return { method: "DELETE", path: SESSION_PATH, read: readNothing };
}
