/** `/console/session`: how the console's page signs in, asks whether it still is, and signs out. */
import { z } from "zod";
import { consoleCookie, type Visit } from "../visit.js";
import { CONSOLE_SESSION_SECONDS } from "../console-session.js";
import { no, route, yes, type Reply, type Route, type RouteSpec } from "../route.js";
import { NO_STORE } from "./admin-views.js";
import type { Services } from "./services.js";
import { iso } from "./shapes.js";
import { isoTime } from "./times.js";

const PATH = "/console/session";

function spec<I extends object, A>(
  told: Omit<RouteSpec<I, A>, "path" | "tag" | "access" | "headers">,
): RouteSpec<I, A> {
  return { ...told, path: PATH, tag: "Console", access: "public", headers: NO_STORE };
}

/** The routes of the console's session. */
export function consoleRoutes({ consoleSessions }: Pick<Services, "consoleSessions">): Route[] {
  const signIn = route(
    spec({
      method: "post",
      summary: "Sign in to the console",
      description:
        "Answers with the cookie `admitone_console` (`__Host-admitone_console` where the browser came by TLS), good for eight hours on " +
        "every node. It counts only with the header `x-admitone-console: 1`, from a page of this gateway, and where no `Authorization` " +
        "is shown: then it opens the admin's routes, and, with `x-admitone-app: <app id>`, those for customers' tokens in the name of " +
        "that app. Ten failures a minute are heard from one address.",
      asks: z.object({ body: z.object({ token: z.string().min(1).max(1_024) }) }),
      answer: z.null(),
      isSilent: true,
      answerHeaders: { "Set-Cookie": "The session" },
      refusals: ["admin_disabled", "admin_token_invalid", "rate_limited"],
    }),
    ({ body, visit }) => {
      if (consoleSessions === null) return no("admin_disabled");
      if (!visit.isSameOrigin) return elsewhere();
      const signedIn = consoleSessions.signIn(body.token, visit.address);
      if (signedIn.ok) return withCookie(visit, signedIn.session.value, CONSOLE_SESSION_SECONDS);
      const { retryAfterSeconds } = signedIn;
      if (retryAfterSeconds === null)
        return no("admin_token_invalid", { field: "token" }, { "WWW-Authenticate": "Bearer" });
      return no("rate_limited", {}, { "Retry-After": String(retryAfterSeconds) });
    },
  );

  const get = route(
    spec({
      method: "get",
      summary: "Say until when the console's session is good",
      asks: z.object({}),
      answer: z.strictObject({ expiresAt: iso }),
      refusals: ["admin_disabled", "token_missing"],
    }),
    ({ visit }) => {
      if (consoleSessions === null) return no("admin_disabled");
      const ends = visit.consoleCookies.map((value) => consoleSessions.endOf(value));
      const end = ends.find((one) => one !== null);
      return end === undefined
        ? no("token_missing", {}, { "WWW-Authenticate": "Bearer" })
        : yes({ expiresAt: isoTime(end) });
    },
  );

  const signOut = route(
    spec({
      method: "delete",
      summary: "Sign out of the console",
      description: "Takes the cookie away. It is good until its end for whoever kept a copy.",
      asks: z.object({}),
      answer: z.null(),
      isSilent: true,
      answerHeaders: { "Set-Cookie": "Without a session" },
      refusals: ["admin_disabled"],
    }),
    ({ visit }) => {
      if (consoleSessions === null) return no("admin_disabled");
      return visit.isSameOrigin ? withCookie(visit, "", 0) : elsewhere();
    },
  );

  return [signIn, get, signOut];
}

function withCookie(visit: Visit, value: string, maxAgeSeconds: number): Reply<null> {
  return yes(null, { "Set-Cookie": consoleCookie(visit, value, maxAgeSeconds) });
}

function elsewhere(): Reply<never> {
  return no("invalid_parameter", {
    field: "origin",
    details: { problem: "the console is used from its own page only" },
  });
}
