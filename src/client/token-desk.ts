/** The token of one meeting: what the gateway has seen of it, what it is to see next, and when it has run out. */
import { expiryOf } from "./claims.js";
import type { MeetingClient } from "./meeting-client.js";
import { MeetingError } from "./meeting-error.js";
import type { MeetingToken } from "./meeting-token.js";
import { fit, nullable, number, object } from "./shape.js";
import type { Tell } from "./roster.js";

const refreshed = object({ token: nullable(object({ expiresAt: number })) });

/** Shows newer tokens by itself, and tells of expiries once each. */
export interface TokenDesk {
  /** Whether the token has run out, and another may come. */
  readonly isStale: boolean;
  /** Brings a token that has not run out, where it can. Never rejects. */
  freshen(): Promise<void>;
  /** A join is about to begin. */
  begin(): void;
  /** One is in, or waits; `cause` as the gateway says it. */
  arrived(cause: string): void;
  /** The room was laid anew, and may say that the token has run out. */
  lookWhetherRestricted(): void;
  /** Shows a token now. Rejects with a `MeetingError`. */
  present(token: string): Promise<void>;
}

/** Makes the desk of one meeting. */
export function createTokenDesk(client: MeetingClient, source: string | MeetingToken, tell: Tell): TokenDesk {
  /** Null where the token is never renewed. */
  const renewable = typeof source === "string" ? null : source;
  const newest = (): string => (typeof source === "string" ? source : source.value);
  /** What the gateway has taken last; null where that is not known, because an earlier page had shown it. */
  let shown: string | null = null;
  /** What is on its way to the gateway. */
  let showing: string | null = null;
  /** What the gateway would not have; it is not shown again by itself. */
  let refused: string | null = null;
  /** A newer token came while the join was under way with an older one. */
  let isLate = false;
  let isExpiryTold = false;

  const expired = (policy: string): void => {
    if (isExpiryTold) return;
    isExpiryTold = true;
    tell("token-expired", { policy });
  };
  const taken = (expiresAt: number | null): void => {
    isExpiryTold = false;
    tell("token-refreshed", { expiresAt });
  };
  const give = async (token: string): Promise<void> => {
    const { facts } = await client.command({ type: "refresh-token", token });
    shown = token;
    // In the room an event tells of it, in its place among the others.
    if (client.state !== "waiting") return;
    const answer = fit(refreshed, facts);
    taken(answer === null ? expiryOf(token) : (answer.token?.expiresAt ?? null));
  };
  const show = (): void => {
    const value = newest();
    if ([shown, showing, refused].includes(value)) return;
    showing = value;
    give(value)
      .catch((error: unknown) => {
        if (!(error instanceof MeetingError)) throw error;
        // Whoever is out shows it with the next join.
        if (error.reason === "unanswered" || error.reason === "not_joined") return;
        if (!error.retryable) refused = value;
        tell("error", error);
      })
      .finally(() => {
        if (showing === value) showing = null;
      });
  };
  const take = (token: string): void => {
    client.renew(token);
    switch (client.state) {
      case "joining":
        isLate = true;
        return;
      case "waiting":
      case "joined":
      case "reconnecting":
        show();
        return;
      case "idle":
      case "left":
        return;
    }
  };
  const lookWhetherRestricted = (): void => {
    if (!client.view.restricted) return;
    expired("restrict");
    if (shown === null) show();
  };

  renewable?.onChange(take);
  renewable?.onError((error) => tell("error", error));
  client.on("token-refresh", ({ expiresAt, isExpired, policy }) => {
    // In the room an event of its own restricts, before or after this; in the lobby there are no events.
    const { restricted, wait } = client.view;
    if (!isExpired) tell("token-expiring", { expiresAt, policy });
    else if (policy !== "restrict" || restricted || wait !== null) expired(policy);
    // The gateway wants a newer token than this. A page that was loaded anew may have one that it has not seen.
    const mine = expiryOf(newest());
    if (mine !== null && mine > expiresAt) show();
    else void renewable?.renew();
  });
  client.on("token-expired", () => expired("restrict"));
  client.on("token-refreshed", ({ expiresAt }) => taken(expiresAt));

  return {
    get isStale() {
      return renewable?.isExpired === true;
    },
    freshen: async () => renewable?.renew(),
    begin() {
      shown = newest();
      client.renew(shown);
      refused = null;
      isLate = isExpiryTold = false;
    },
    arrived(cause) {
      if (cause === "resumed") shown = null;
      if (isLate) show();
      isLate = false;
      lookWhetherRestricted();
    },
    lookWhetherRestricted,
    present: give,
  };
}
