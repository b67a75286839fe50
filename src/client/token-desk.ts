/** The token of one meeting: what the gateway has seen of it, what it is to see next, and when it has run out. */
import { expiryOf } from "./claims.js";
import type { MeetingClient } from "./meeting-client.js";
import { MeetingError } from "./meeting-error.js";
import type { MeetingToken } from "./meeting-token.js";
import { fit, nullable, number, object } from "./shape.js";
import type { Tell } from "./roster.js";

const refreshed = object({ token: nullable(object({ expiresAt: number })) });

/** Shows newer tokens by itself, and tells of expiries once each. */
export class TokenDesk {
  /** What the gateway has taken last; null where that is not known, because an earlier page had shown it. */
  private shown: string | null = null;
  /** What is on its way to the gateway. */
  private showing: string | null = null;
  /** What the gateway would not have; it is not shown again by itself. */
  private refused: string | null = null;
  /** A newer token came while the join was under way with an older one. */
  private isLate = false;
  private isExpiryTold = false;

  constructor(
    private readonly client: MeetingClient,
    private readonly source: string | MeetingToken,
    private readonly tell: Tell,
  ) {
    if (typeof source !== "string") {
      source.onChange((token) => this.take(token));
      source.onError((error) => tell("error", error));
    }
    client.on("token-refresh", ({ expiresAt, isExpired, policy }) => {
      // In the room an event of its own restricts, before or after this; in the lobby there are no events.
      const { restricted, wait } = client.view;
      if (!isExpired) tell("token-expiring", { expiresAt, policy });
      else if (policy !== "restrict" || restricted || wait !== null) this.expired(policy);
      this.renew(expiresAt);
    });
    client.on("token-expired", () => this.expired("restrict"));
    client.on("token-refreshed", ({ expiresAt }) => this.taken(expiresAt));
  }

  /** Whether the token has run out, and another may come. */
  get isStale(): boolean {
    return typeof this.source !== "string" && this.source.isExpired;
  }

  /** Brings a token that has not run out, where it can. Never rejects. */
  async freshen(): Promise<void> {
    if (typeof this.source !== "string") await this.source.renew();
  }

  /** A join is about to begin. */
  begin(): void {
    this.client.renew(this.value);
    this.shown = this.value;
    this.refused = null;
    this.isLate = this.isExpiryTold = false;
  }

  /** One is in, or waits; `cause` as the gateway says it. */
  arrived(cause: string): void {
    if (cause === "resumed") this.shown = null;
    if (this.isLate) this.show();
    this.isLate = false;
    this.lookWhetherRestricted();
  }

  /** The room was laid anew, and may say that the token has run out. */
  lookWhetherRestricted(): void {
    if (!this.client.view.restricted) return;
    this.expired("restrict");
    if (this.shown === null) this.show();
  }

  /** Shows a token now. Rejects with a `MeetingError`. */
  async present(token: string): Promise<void> {
    const { facts } = await this.client.command({ type: "refresh-token", token });
    this.shown = token;
    // In the room an event tells of it, in its place among the others.
    if (this.client.state !== "waiting") return;
    const answer = fit(refreshed, facts);
    this.taken(answer === null ? expiryOf(token) : (answer.token?.expiresAt ?? null));
  }

  private get value(): string {
    return typeof this.source === "string" ? this.source : this.source.value;
  }

  private take(token: string): void {
    this.client.renew(token);
    switch (this.client.state) {
      case "joining":
        this.isLate = true;
        return;
      case "waiting":
      case "joined":
      case "reconnecting":
        this.show();
        return;
      case "idle":
      case "left":
        return;
    }
  }

  /** The gateway wants a newer token than one that expires at this time. */
  private renew(expiresAt: number): void {
    const mine = expiryOf(this.value);
    // A page that was loaded anew may have one that the gateway has not seen.
    if (mine !== null && mine > expiresAt) this.show();
    else if (typeof this.source !== "string") void this.source.renew();
  }

  private show(): void {
    const { value } = this;
    if ([this.shown, this.showing, this.refused].includes(value)) return;
    this.showing = value;
    this.present(value)
      .catch((error: unknown) => {
        if (!(error instanceof MeetingError)) throw error;
        // Whoever is out shows it with the next join.
        if (error.reason === "unanswered" || error.reason === "not_joined") return;
        if (!error.retryable) this.refused = value;
        this.tell("error", error);
      })
      .finally(() => {
        if (this.showing === value) this.showing = null;
      });
  }

  private expired(policy: string): void {
    if (this.isExpiryTold) return;
    this.isExpiryTold = true;
    this.tell("token-expired", { policy });
  }

  private taken(expiresAt: number | null): void {
    this.isExpiryTold = false;
    this.tell("token-refreshed", { expiresAt });
  }
}
